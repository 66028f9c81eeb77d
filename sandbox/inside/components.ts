import { type ControlPlane, embedded } from '../../lib/cluster/control-plane.ts';
import { proxyConfigFile } from '../../lib/cluster/proxy-config.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import { programCommand } from '../../lib/programs.ts';
import type { NodeSettings, Settings } from '../../lib/settings/settings.ts';
import { lean } from '../supervise/lean.ts';
import type { ComponentSpec } from './component.ts';
import { flags } from './flags.ts';
import { kubernetesControlPlane } from './kubernetes.ts';

/** Every process of a cluster; the API server first, since all others wait for it. */
export function componentsOf(
  settings: Settings,
  paths: ClusterPaths,
  controlPlane: ControlPlane = embedded,
): ComponentSpec[] {
  const [first] = settings.nodes;
  if (!first) return [];
  return [
    ...(controlPlane.kind === 'kubernetes'
      ? kubernetesControlPlane(settings, paths, { node: first, bundle: controlPlane.bundle })
      : [apiServer(settings, paths, first), controllers(settings, paths, first)]),
    ...settings.nodes.map((node) => nodeAgent(settings, paths, node, controlPlane)),
    ...settings.nodes.map((node) => proxy(settings, paths, node)),
    ...loadBalancers(settings, paths),
  ];
}

function apiServer(
  { network }: Settings,
  paths: ClusterPaths,
  { name, address }: NodeSettings,
): ComponentSpec {
  return {
    name: 'apiserver',
    node: name,
    logFile: `${paths.logs}/apiserver.log`,
    ready: { kind: 'apiserver' },
    command: [
      ...programCommand('sandbox', lean),
      'apiserver',
      ...flags({
        'bind-address': address,
        'secure-port': '6443',
        'listen-socket': paths.apiSocket,
        'tls-cert-file': `${paths.pki}/apiserver.crt`,
        'tls-private-key-file': `${paths.pki}/apiserver.key`,
        'client-ca-file': `${paths.pki}/ca.crt`,
        'service-cluster-ip-range': network.services,
        'service-node-port-range': network.nodePorts,
        'kubelet-client-certificate': `${paths.pki}/apiserver-kubelet-client.crt`,
        'kubelet-client-key': `${paths.pki}/apiserver-kubelet-client.key`,
        'advertise-address': address,
        'data-dir': paths.apiserver,
      }),
    ],
  };
}

function controllers({ network }: Settings, paths: ClusterPaths, { name }: NodeSettings): ComponentSpec {
  return {
    name: 'controllers',
    node: name,
    logFile: `${paths.logs}/controllers.log`,
    ready: { kind: 'running' },
    command: [
      ...programCommand('sandbox', lean),
      'controllers',
      ...flags({
        kubeconfig: `${paths.kubeconfigs}/controllers.conf`,
        'cluster-cidr': network.pods,
        'node-cidr-mask-size': '24',
      }),
    ],
  };
}

/** On the workers, as load balancers keep away from control planes; one of them announces at a time. */
function loadBalancers({ network, nodes }: Settings, paths: ClusterPaths): ComponentSpec[] {
  const { loadBalancers: pool } = network;
  if (pool === undefined) return [];
  const [first, ...workers] = nodes;
  return (workers.length > 0 ? workers : first ? [first] : []).map(({ name, address }) => ({
    name: `loadbalancer@${name}`,
    node: name,
    logFile: `${paths.logs}/loadbalancer-${name}.log`,
    ready: { kind: 'running' },
    command: [
      ...programCommand('loadbalancer', lean),
      ...flags({
        kubeconfig: `${paths.kubeconfigs}/loadbalancer.conf`,
        'node-name': name,
        'node-ip': address,
        pool,
      }),
    ],
  }));
}

function nodeAgent(
  { network }: Settings,
  paths: ClusterPaths,
  { name, address }: NodeSettings,
  controlPlane: ControlPlane,
): ComponentSpec {
  return {
    name: `node@${name}`,
    node: name,
    logFile: `${paths.logs}/node-${name}.log`,
    ready: { kind: 'node', node: name, address },
    command: [
      ...programCommand('sandbox', lean),
      'node',
      ...flags({
        kubeconfig: `${paths.kubeconfigs}/node-${name}.conf`,
        'node-name': name,
        'node-ip': address,
        'root-dir': `${paths.nodes}/${name}`,
        coredns: controlPlane.kind === 'kubernetes' ? `${controlPlane.bundle}/bin/coredns` : undefined,
        'cluster-dns': network.dns,
        'cluster-domain': network.domain,
        'tls-cert-file': `${paths.pki}/kubelet-${name}.crt`,
        'tls-private-key-file': `${paths.pki}/kubelet-${name}.key`,
        'client-ca-file': `${paths.pki}/ca.crt`,
      }),
    ],
  };
}

function proxy(settings: Settings, paths: ClusterPaths, { name, address }: NodeSettings): ComponentSpec {
  return {
    name: `proxy@${name}`,
    node: name,
    logFile: `${paths.logs}/proxy-${name}.log`,
    ready: { kind: 'http', url: `http://${address}:10256/healthz` },
    command: [
      ...programCommand('proxy', lean),
      ...flags({
        kubeconfig: `${paths.kubeconfigs}/proxy.conf`,
        'hostname-override': name,
        config: proxyConfigFile(paths, name),
        'cluster-cidr': settings.network.pods,
      }),
    ],
  };
}
