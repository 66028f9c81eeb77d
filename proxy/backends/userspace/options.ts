import { networkInterfaces } from 'node:os';
import { type Family, familyOf } from '../../../lib/ip.ts';
import type { Log } from '../../../lib/log.ts';
import type { NodeRecord } from '../../model/records.ts';

/** How to tell a pod of this node (or of the cluster) by a packet; kube-proxy's `--detect-local-mode`. */
export type LocalDetector =
  | { readonly kind: 'cidr'; readonly cidrs: readonly string[] }
  | { readonly kind: 'nodeCidr' }
  | { readonly kind: 'bridge'; readonly name: string }
  | { readonly kind: 'interfacePrefix'; readonly prefix: string };

export interface UserspaceOptions {
  readonly detector: LocalDetector;
  /** Networks on whose local addresses node ports are open; `primary`: the node's own first address. */
  readonly nodePortCidrs: readonly string[] | 'primary';
  /** Networks of cluster IPs: an address in them that no Service has leads nowhere. */
  readonly serviceCidrs: readonly string[];
  /** Where proxy ports are taken from, both ends included (kube-proxy's `--proxy-port-range`); by default the system chooses. */
  readonly portRange?: PortRange | undefined;
  /** How long a UDP client without traffic is remembered. */
  readonly udpTimeoutMs?: number | undefined;
  /** Most TCP connections and UDP clients at once; by default what the limit on open files allows. */
  readonly maxConnections?: number | undefined;
  readonly log: Log;
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/**
 * kube-proxy's `--udp-timeout` was 250 ms by default, which loses every answer that takes longer. A resolver waits 5 s for one
 * (resolv.conf(5)); nobody asks after that.
 */
export const defaultUdpTimeoutMs = 5000;

/** Matches of packets in nft's words, which depend on the node. */
export interface Matches {
  readonly family: Family;
  /** Packets neither from pods nor from this node. */
  readonly fromOutside: string;
  /** Packets to addresses on which node ports are open. */
  readonly toNodePort: string;
  readonly serviceCidrs: readonly string[];
  /** The address of this node that redirected packets get; undefined: that of the interface they come from. */
  readonly redirectTo: string | undefined;
}

/** What rules of one family match, as nft's words. Pure. */
export function matchesFor(family: Family, options: UserspaceOptions, node: NodeRecord): Matches {
  const ip = family === 'IPv4' ? 'ip' : 'ip6';
  return {
    family,
    fromOutside: [...notFromPods(family, options.detector, node), 'fib saddr type != local'].join(' '),
    toNodePort: toNodePort(family, ip, options.nodePortCidrs),
    serviceCidrs: options.serviceCidrs.filter((cidr) => ofFamily(cidr, family)),
    redirectTo: ownAddress(family, node),
  };
}

function notFromPods(family: Family, detector: LocalDetector, node: NodeRecord): string[] {
  if (detector.kind === 'bridge') return [`iifname != "${detector.name}"`];
  if (detector.kind === 'interfacePrefix') return [`iifname != "${detector.prefix}*"`];
  const cidrs = detector.kind === 'cidr' ? detector.cidrs : node.podCIDRs;
  const cidr = cidrs.find((one) => ofFamily(one, family));
  return cidr === undefined ? [] : [`${family === 'IPv4' ? 'ip' : 'ip6'} saddr != ${cidr}`];
}

/** Never on loopback addresses, as in nftables mode. */
function toNodePort(family: Family, ip: string, cidrs: readonly string[] | 'primary'): string {
  const own = cidrs === 'primary' ? [] : cidrs.filter((cidr) => ofFamily(cidr, family));
  if (own.length === 0) return `${ip} daddr @node-ips`;
  const notLoopback = `fib daddr type local ${ip} daddr != ${family === 'IPv4' ? '127.0.0.0/8' : '::1'}`;
  if (own.some((cidr) => cidr.endsWith('/0'))) return notLoopback;
  return `${notLoopback} ${ip} daddr { ${own.join(', ')} }`;
}

/**
 * The node's address, where it is really on one of its interfaces. Answers to UDP clients must leave from the very address that
 * their packets were redirected to, so sockets are bound to it; the first address of an interface may be a link-local one.
 */
function ownAddress(family: Family, node: NodeRecord): string | undefined {
  const here = new Set(
    Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
  );
  return node.addresses.find((address) => familyOf(address) === family && here.has(address));
}

function ofFamily(cidr: string, family: Family): boolean {
  return familyOf(cidr.split('/')[0] ?? '') === family;
}
