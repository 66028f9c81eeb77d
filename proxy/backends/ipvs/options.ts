import { contains, type Family, familyOf, parseLooseCidr } from '../../../lib/ip.ts';
import type { NodeRecord } from '../../model/records.ts';

/** How to tell a pod of this node (or of the cluster) by a packet; kube-proxy's `--detect-local-mode`. */
export type LocalDetector =
  | { readonly kind: 'cidr'; readonly cidrs: readonly string[] }
  | { readonly kind: 'nodeCidr' }
  | { readonly kind: 'bridge'; readonly name: string }
  | { readonly kind: 'interfacePrefix'; readonly prefix: string };

/** The kernel's ways to pick a real server (ipvsadm(8)). */
export const schedulers = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'sh', 'dh', 'sed', 'nq', 'mh'] as const;
export type Scheduler = (typeof schedulers)[number];

export interface IpvsOptions {
  readonly scheduler: Scheduler;
  readonly masqueradeAll: boolean;
  readonly masqueradeBit?: number | undefined;
  readonly detector: LocalDetector;
  /** Networks on whose local addresses node ports are open; `primary`: the node's own first address. */
  readonly nodePortCidrs: readonly string[] | 'primary';
  /** Answer ARP only for addresses of the interface asked on, and never announce virtual addresses. */
  readonly strictArp?: boolean | undefined;
  /** Virtual servers in these networks are never removed, whoever made them. */
  readonly excludeCidrs?: readonly string[] | undefined;
  /** Seconds after which the kernel forgets an idle connection; 0 or nothing leaves it as it is. */
  readonly timeouts?: { readonly tcp: number; readonly tcpFin: number; readonly udp: number } | undefined;
}

/** The bit of the packet mark that says "masquerade", by default kube-proxy's. */
export const defaultMasqueradeBit = 14;

/** What rendering depends on beside the options: facts of this node. */
export interface Place {
  readonly family: Family;
  readonly node: NodeRecord;
  /** Addresses of scope global on this node's own interfaces, the dummy device's left out. */
  readonly ownAddresses: readonly string[];
}

/** Addresses of this node on which node ports are open. */
export function nodePortAddresses(
  { nodePortCidrs }: IpvsOptions,
  { family, node, ownAddresses }: Place,
): string[] {
  if (nodePortCidrs === 'primary')
    return node.addresses.filter((one) => familyOf(one) === family).slice(0, 1);
  const ranges = nodePortCidrs.map(parseLooseCidr);
  return ownAddresses.filter((address) => ranges.some((range) => contains(range, address)));
}

/** Matches packets that are not from pods, in iptables' words; undefined when that cannot be told. */
export function notFromPods({ detector }: IpvsOptions, { family, node }: Place): string | undefined {
  if (detector.kind === 'bridge') return `! -i ${detector.name}`;
  if (detector.kind === 'interfacePrefix') return `! -i ${detector.prefix}+`;
  const cidrs = detector.kind === 'cidr' ? detector.cidrs : node.podCIDRs;
  const cidr = cidrs.find((one) => familyOf(one.split('/')[0] ?? '') === family);
  return cidr === undefined ? undefined : `! -s ${cidr}`;
}
