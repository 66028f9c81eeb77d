/** Versions of what a bundle holds. A change here needs new sums in modules/ and in downloads.lock.json. */
export const versions = {
  kubernetes: 'v1.35.4',
  etcd: 'v3.6.6',
  coredns: 'v1.13.1',
  cni: 'v1.9.1',
} as const;

export type Part = keyof typeof versions;

/** One program of a bundle, and where it comes from. */
export interface BundleProgram {
  /** In the bundle: `bin/kubeadm`. */
  readonly path: string;
  readonly part: Part;
  /** The Go package of its `main`. */
  readonly package: string;
}

const cni = 'github.com/containernetworking/plugins/plugins';

export const programs: readonly BundleProgram[] = [
  kubernetes('kubeadm'),
  kubernetes('kubelet'),
  kubernetes('kubectl'),
  kubernetes('kube-apiserver'),
  kubernetes('kube-controller-manager'),
  kubernetes('kube-scheduler'),
  { path: 'bin/etcd', part: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  { path: 'bin/coredns', part: 'coredns', package: 'github.com/coredns/coredns' },
  { path: 'cni/bridge', part: 'cni', package: `${cni}/main/bridge` },
  { path: 'cni/host-local', part: 'cni', package: `${cni}/ipam/host-local` },
  { path: 'cni/loopback', part: 'cni', package: `${cni}/main/loopback` },
  { path: 'cni/portmap', part: 'cni', package: `${cni}/meta/portmap` },
];

function kubernetes(name: string): BundleProgram {
  return { path: `bin/${name}`, part: 'kubernetes', package: `k8s.io/kubernetes/cmd/${name}` };
}

/** The machine's architecture as Go and the publishers name it. */
export function architecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}
