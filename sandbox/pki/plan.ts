import { kubernetesServiceAddress } from '../../lib/settings/meaning.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import type { Identity } from './authority.ts';

/** A certificate that the cluster needs, and where it goes. */
export type Wanted =
  | { readonly kind: 'pair'; readonly file: string; readonly identity: Identity }
  | {
      readonly kind: 'kubeconfig';
      readonly file: string;
      readonly identity: Identity;
      readonly server: string;
    };

/** Where clients find the API server. */
export interface Servers {
  /** For the administrator on this machine. */
  readonly host: string;
  /** For the components on the nodes: by address, since the virtual IP needs the proxy. */
  readonly lan: string;
  /** For pods: the Service `kubernetes`. */
  readonly service: string;
}

/** The API server's addresses as seen from the host, from the nodes and from pods. */
export function serversOf(settings: Settings, apiPort: number): Servers {
  return {
    host: `https://127.0.0.1:${apiPort}`,
    lan: `https://${settings.nodes[0]?.address}:6443`,
    service: `https://${kubernetesServiceAddress(settings)}:443`,
  };
}

/** All certificates of a cluster, with kubeadm's file names and identities. `pki/…` and `kubeconfigs/…` are in its folder. */
export function plan(settings: Settings, servers: Servers): Wanted[] {
  const user = (name: string, commonName: string, groups: string[], server = servers.lan): Wanted => ({
    kind: 'kubeconfig',
    file: `kubeconfigs/${name}.conf`,
    identity: { commonName, groups },
    server,
  });
  return [
    { kind: 'pair', file: 'pki/apiserver', identity: apiServer(settings) },
    {
      kind: 'pair',
      file: 'pki/apiserver-kubelet-client',
      identity: { commonName: 'kube-apiserver-kubelet-client', groups: ['system:masters'] },
    },
    ...settings.nodes.flatMap(({ name, address }): Wanted[] => [
      {
        kind: 'pair',
        file: `pki/kubelet-${name}`,
        identity: { commonName: `system:node:${name}`, groups: ['system:nodes'], names: [name, address] },
      },
      user(`node-${name}`, `system:node:${name}`, ['system:nodes']),
    ]),
    {
      kind: 'kubeconfig',
      file: 'kubeconfig',
      identity: { commonName: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] },
      server: servers.host,
    },
    user('admin', 'kubernetes-admin', ['kubeadm:cluster-admins']),
    user('controllers', 'system:kube-controller-manager', ['system:masters']),
    user('scheduler', 'system:kube-scheduler', []),
    user('proxy', 'system:kube-proxy', []),
    user('loadbalancer', 'workshop:loadbalancer', []),
    user('dns', 'system:dns', [], servers.service),
  ];
}

function apiServer(settings: Settings): Identity {
  const { domain } = settings.network;
  const [first] = settings.nodes;
  return {
    commonName: 'kube-apiserver',
    names: [
      ...(first ? [first.name, first.address] : []),
      ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${domain}`],
      ...[kubernetesServiceAddress(settings), '127.0.0.1', 'localhost'],
    ],
  };
}
