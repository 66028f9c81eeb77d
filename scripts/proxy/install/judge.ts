import { WorkshopError } from '../../../lib/errors.ts';
import type { ProxyMode } from '../../../lib/settings/settings.ts';
import type { Facts } from './facts.ts';

/** Why the proxy cannot be put on a machine, and what to do about it; undefined when it can. Pure. */
export function judge(node: string, mode: ProxyMode, facts: Facts): WorkshopError | undefined {
  const [problem] = problems(node, mode, facts);
  if (!problem) return undefined;
  const [why, advice] = problem;
  return new WorkshopError('environment', `could not install the proxy on ${node}: ${why}`, { advice });
}

function* problems(node: string, mode: ProxyMode, facts: Facts): Iterable<readonly [string, string]> {
  const { programs } = facts;
  if (facts.system !== 'Linux')
    yield [`it runs ${facts.system || 'an unknown system'}, not Linux`, 'another node'];
  if (!facts.isRoot)
    yield ['its user may not become root', `a user on ${node} that may sudo without a password`];
  if (!facts.systemd)
    yield ['it is not run by systemd', 'the proxy under your own init: node proxy.mjs --help'];
  if (!programs.has('node')) yield ['it has no Node.js', `apt-get install nodejs on ${node}`];
  else if (majorOf(facts.nodeVersion) < leastNode)
    yield [
      `its Node.js is ${facts.nodeVersion}, ${leastNode} or newer is needed`,
      'a newer package of Node.js',
    ];
  for (const program of needed(mode)) {
    if (!programs.has(program))
      yield [`the program ${program} is missing`, `apt-get install ${packages[program]} on ${node}`];
  }
  if (facts.kubeProxies.length > 0) {
    yield [
      `kube-proxy runs there (process ${facts.kubeProxies.join(', ')}), and two proxies break each other's rules`,
      removal,
    ];
  }
  const ours = facts.installed.unitSum !== undefined;
  if (!ours && facts.kubeProxyRules.length > 0) {
    yield [
      `rules of kube-proxy are left there: ${facts.kubeProxyRules.join(', ')}`,
      `kube-proxy --cleanup on ${node}`,
    ];
  }
  if (facts.unreachable !== undefined)
    yield [
      `it does not reach the API server: ${facts.unreachable}`,
      '--server URL with an address that nodes reach',
    ];
}

/** How a DaemonSet of kubeadm's is taken away for good: with its ConfigMap, or an upgrade brings it back. */
export const removal =
  'kubectl -n kube-system delete daemonset/kube-proxy configmap/kube-proxy, then kube-proxy --cleanup on each node';

const leastNode = 20;

function majorOf(version: string): number {
  return Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);
}

/** Stale flows are removed by conntrack in every mode; every proxy begins with a look at nftables. */
function needed(mode: ProxyMode): string[] {
  const own = { nftables: [], iptables: ['iptables'], ipvs: ['ipvsadm', 'ipset', 'iptables'], userspace: [] };
  return ['ip', 'nft', 'conntrack', ...own[mode]];
}

const packages: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  nft: 'nftables',
  conntrack: 'conntrack',
  iptables: 'iptables',
  ipvsadm: 'ipvsadm',
  ipset: 'ipset',
};
