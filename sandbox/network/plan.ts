import { parseCidr } from '../../lib/ip.ts';
import { lanAddress } from '../../lib/settings/meaning.ts';
import type { Settings } from '../../lib/settings/settings.ts';

/** Commands for `ip -batch`, one a line, for one network namespace each. */
export interface NetworkPlan {
  /** The sandbox's own namespace: the class LAN, and whoever is outside the cluster. */
  readonly lan: string;
  readonly nodes: readonly { readonly name: string; readonly batch: string }[];
}

/**
 * The sandbox's links, addresses and routes. The nodes hang on the bridge `lan0`, whose own address is the LAN's first one.
 * Off the LAN leads no way: packets there get an answer at once (unreachable) instead of silence.
 */
export function planNetwork(settings: Settings): NetworkPlan {
  const gateway = lanAddress(settings);
  const { prefix } = parseCidr(settings.network.nodes);
  return {
    lan: lines([
      'link set lo up',
      'link add lan0 type bridge stp_state 0 mcast_snooping 0',
      `address add ${gateway}/${prefix} dev lan0`,
      ...settings.nodes.flatMap(({ name }, index) => [
        `link add lan0p${index} type veth peer name eth0 netns ${name}`,
        `link set lan0p${index} master lan0 up`,
      ]),
      'link set lan0 up',
      'route add unreachable default',
    ]),
    nodes: settings.nodes.map(({ name, address }) => ({
      name,
      batch: lines([
        'link set lo up',
        `address add ${address}/${prefix} dev eth0`,
        'link set eth0 up',
        `route add default via ${gateway}`,
      ]),
    })),
  };
}

function lines(commands: readonly string[]): string {
  return `${commands.join('\n')}\n`;
}
