import type { ClusterPaths } from '../../lib/paths.ts';
import type { NodeSettings, Settings } from '../../lib/settings/settings.ts';
import type { ComponentSpec } from './component.ts';
import { flags } from './flags.ts';

/** The programs of Kubernetes itself that serve the API, with the flags that kubeadm gives them. `bundle`: its folder. */
export function kubernetesControlPlane(
  settings: Settings,
  paths: ClusterPaths,
  { node, bundle }: { node: NodeSettings; bundle: string },
): ComponentSpec[] {
  const component = (name: string, program: string, values: Values): ComponentSpec => ({
    name,
    node: node.name,
    logFile: `${paths.logs}/${name}.log`,
    ready: { kind: name === 'apiserver' ? 'apiserver' : 'running' },
    ...(name === 'etcd' && { first: true }),
    command: [`${bundle}/bin/${program}`, ...flags(values)],
  });
  return [
    component('etcd', 'etcd', etcd(paths)),
    component('apiserver', 'kube-apiserver', apiServer(settings, paths, node)),
    component('controllers', 'kube-controller-manager', controllerManager(settings, paths)),
    component('scheduler', 'kube-scheduler', {
      ...manager(`${paths.kubeconfigs}/scheduler.conf`),
    }),
  ];
}

type Values = Readonly<Record<string, string | undefined>>;

const logs = { 'logging-format': 'json' };

const clientUrl = 'http://127.0.0.1:2379';
const peerUrl = 'http://127.0.0.1:2380';

/** It listens on the node's loopback alone. A sandbox's state need not survive a power cut, so it does not wait for the disk. */
function etcd(paths: ClusterPaths): Values {
  return {
    name: 'sandbox',
    'data-dir': `${paths.root}/etcd`,
    'listen-client-urls': clientUrl,
    'advertise-client-urls': clientUrl,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `sandbox=${peerUrl}`,
    'unsafe-no-fsync': 'true',
    'log-level': 'warn',
  };
}

function apiServer({ network }: Settings, { pki }: ClusterPaths, { address }: NodeSettings): Values {
  return {
    ...logs,
    'advertise-address': address,
    'bind-address': address,
    'secure-port': '6443',
    'etcd-servers': clientUrl,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'client-ca-file': `${pki}/ca.crt`,
    'tls-cert-file': `${pki}/apiserver.crt`,
    'tls-private-key-file': `${pki}/apiserver.key`,
    'kubelet-certificate-authority': `${pki}/ca.crt`,
    'kubelet-client-certificate': `${pki}/apiserver-kubelet-client.crt`,
    'kubelet-client-key': `${pki}/apiserver-kubelet-client.key`,
    'kubelet-preferred-address-types': 'InternalIP,Hostname',
    'service-account-issuer': `https://kubernetes.default.svc.${network.domain}`,
    'service-account-key-file': `${pki}/sa.pub`,
    'service-account-signing-key-file': `${pki}/sa.key`,
    'service-cluster-ip-range': network.services,
    'service-node-port-range': network.nodePorts,
    profiling: 'false',
  };
}

function controllerManager({ network }: Settings, { pki, kubeconfigs }: ClusterPaths): Values {
  return {
    ...manager(`${kubeconfigs}/controllers.conf`),
    'allocate-node-cidrs': 'true',
    'cluster-cidr': network.pods,
    'service-cluster-ip-range': network.services,
    'cluster-signing-cert-file': `${pki}/ca.crt`,
    'cluster-signing-key-file': `${pki}/ca.key`,
    'root-ca-file': `${pki}/ca.crt`,
    'service-account-private-key-file': `${pki}/sa.key`,
    'use-service-account-credentials': 'true',
    // As the embedded control plane: a node that is silent for so long is given up.
    'node-monitor-grace-period': '40s',
  };
}

/** There is one of each: no leader to elect. They are asked for nothing, so they need no port. */
function manager(kubeconfig: string): Values {
  return {
    ...logs,
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
    profiling: 'false',
  };
}
