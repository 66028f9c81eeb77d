import type { Environment } from '../../../lib/paths.ts';
import type { Settings } from '../../../lib/settings/settings.ts';
import { type Finding, good, remark } from '../check.ts';

/** A proxy for HTTP that also gets what is meant for the cluster answers in its place, or not at all. */
export function checkProxies({ network, nodes }: Settings, env: Environment): Finding[] {
  const at = (name: string) => env[name] ?? env[name.toUpperCase()];
  const proxy = at('https_proxy') ?? at('http_proxy') ?? at('all_proxy');
  if (!proxy) return [good('proxies', 'no HTTP proxy is set')];
  const left = (at('no_proxy') ?? '').split(/[\s,]+/);
  const wanted = [network.nodes, network.pods, network.services];
  const addresses = nodes.map(({ address }) => address);
  const missing = wanted.filter(
    (cidr) =>
      !left.includes(cidr) && !(cidr === network.nodes && addresses.every((one) => left.includes(one))),
  );
  if (missing.length === 0) return [good('proxies', `${proxy}, but not for the cluster`)];
  const all = [...left.filter(Boolean), ...missing].join(',');
  return [
    remark(
      'proxies',
      `${proxy} is set, also for ${missing.join(', ')}`,
      `export NO_PROXY=${all} no_proxy=${all}`,
    ),
  ];
}
