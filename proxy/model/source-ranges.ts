import { type Cidr, contains, formatCidr, overlaps, parseLooseCidr } from '../../lib/ip.ts';

/**
 * Who may reach a load balancer VIP: the ranges without those that lie inside another (an interval set has no room for them), or
 * `all`. A node whose address is allowed may also come with the VIP itself as its source: with the VIP on one of its own
 * interfaces the kernel picks that (kube-proxy does the same).
 */
export function allowedRanges(
  ranges: readonly string[],
  vip: string,
  nodeIps: readonly string[],
): 'all' | string[] {
  const parsed = ranges.map(parseLooseCidr);
  if (parsed.length === 0 || parsed.some(({ prefix }) => prefix === 0)) return 'all';
  const viaSelf = nodeIps.some((address) => parsed.some((range) => contains(range, address)));
  const all = viaSelf ? [...parsed, parseLooseCidr(`${vip}/${vip.includes(':') ? 128 : 32}`)] : parsed;
  return all
    .filter((range, at) => !all.some((other, i) => i !== at && covers(other, range, i < at)))
    .map(formatCidr);
}

/** Whether `outer` makes `inner` superfluous; of two equal ones the earlier stays. */
function covers(outer: Cidr, inner: Cidr, earlier: boolean): boolean {
  if (!overlaps(outer, inner)) return false;
  return outer.prefix < inner.prefix || (outer.prefix === inner.prefix && earlier);
}
