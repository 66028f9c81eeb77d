import type { Lab } from '../lab.ts';

/**
 * Which of these addresses a node's rules name, whatever makes them: nftables, iptables or ipvs. A rule for an address that is
 * a part of another (172.16.1.1 in 172.16.1.12) does not count.
 */
export async function addressesInRules(
  lab: Lab,
  node: string,
  addresses: readonly string[],
): Promise<string[]> {
  const { stdout } = await lab.onNode(node, ['sh', '-c', listing, 'sh', ...addresses]);
  const named = new Set(stdout.match(/\d+\.\d+\.\d+\.\d+/g) ?? []);
  return addresses.filter((address) => named.has(address));
}

/** Lines with one of the addresses only: a node with many Services has many rules. */
const listing = `rules=$( { nft list ruleset; iptables-save; ipvsadm -Sn; } 2>/dev/null )
for address in "$@"; do echo "$rules" | grep -F "$address"; done; true`;
