import { addressAt, addressToBits, bitsToAddress, parseCidr } from '../../lib/ip.ts';
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
      ...loadBalancerRoutes(settings),
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

/** Addresses given to LoadBalancer Services have no host of their own on the LAN: one worker takes their packets. */
function loadBalancerRoutes({ network, nodes }: Settings): string[] {
  const taker = nodes[1] ?? nodes[0];
  if (network.loadBalancers === undefined || taker === undefined) return [];
  const [from = '', to = ''] = network.loadBalancers.split('-');
  return cidrsOf(from, to).map((cidr) => `route add ${cidr} via ${taker.address}`);
}

/** The fewest networks that hold exactly the IPv4 addresses from the first to the last. */
export function cidrsOf(first: string, last: string): string[] {
  const cidrs: string[] = [];
  const end = addressToBits(last);
  for (let at = addressToBits(first); at <= end; ) {
    let size = 1n;
    while (at % (size * 2n) === 0n && at + size * 2n - 1n <= end) size *= 2n;
    const cidr = `${bitsToAddress(at, 'IPv4')}/${33 - size.toString(2).length}`;
    cidrs.push(cidr);
    at = addressToBits(addressAt(parseCidr(cidr), size - 1n)) + 1n;
  }
  return cidrs;
}

function lines(commands: readonly string[]): string {
  return `${commands.join('\n')}\n`;
}
