import { CheckFailure } from '../check-failure.ts';
import type { Lab } from '../lab.ts';

/** How a proxy picks the pod for a new connection. */
export type Choice = 'rotation' | 'chance';

/**
 * Reads from a node's shell how its proxy picks: `numgen inc` (nftables) and `nth` (iptables) and the ipvs scheduler `rr` are
 * rotation, `numgen random` and `random` are chance. Throws CheckFailure when the node has no rule that picks.
 */
export async function choiceOn(lab: Lab, node: string): Promise<Choice> {
  const { stdout } = await lab.onNode(node, ['sh', '-c', countWays]);
  const [rotating = 0, random = 0] = stdout.trim().split(/\s+/).map(Number);
  if (rotating > 0) return 'rotation';
  if (random > 0) return 'chance';
  throw new CheckFailure({
    expected: `rules on ${node} that pick one of several pods`,
    observed: 'none',
    look: `the rules on ${node}: nft list ruleset, iptables-save`,
  });
}

const countWays = `rules=$( { nft list ruleset; iptables-save; ipvsadm -Sn; } 2>/dev/null )
echo "$(echo "$rules" | grep -cE 'numgen inc|--mode nth|-s rr') $(echo "$rules" | grep -cE 'numgen random|--mode random')"`;
