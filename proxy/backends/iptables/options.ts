import { type Family, familyOf } from '../../../lib/ip.ts';
import type { NodeRecord } from '../../model/records.ts';

/** How to tell a pod of this node (or of the cluster) by a packet; kube-proxy's `--detect-local-mode`. */
export type LocalDetector =
  | { readonly kind: 'cidr'; readonly cidrs: readonly string[] }
  | { readonly kind: 'nodeCidr' }
  | { readonly kind: 'bridge'; readonly name: string }
  | { readonly kind: 'interfacePrefix'; readonly prefix: string };

export interface IptablesOptions {
  /** `random` picks by chance, as kube-proxy does; `rr` strictly in turn. */
  readonly scheduler: 'rr' | 'random';
  readonly masqueradeAll: boolean;
  readonly masqueradeBit?: number | undefined;
  readonly detector: LocalDetector;
  /** Networks on whose local addresses node ports are open; `primary`: the node's own first address. */
  readonly nodePortCidrs: readonly string[] | 'primary';
  /** Networks of cluster IPs: what no Service has in them is rejected. */
  readonly serviceCidrs: readonly string[];
  /** Opens node ports on 127.0.0.0/8 too, where `nodePortCidrs` has it (IPv4 only). */
  readonly localhostNodePorts?: boolean | undefined;
  /** Which of the two programs named iptables; by default the one that the system calls so. */
  readonly variant?: 'nft' | 'legacy' | undefined;
}

/** What rendering depends on: the options, and facts of this node. */
export interface Place {
  readonly family: Family;
  readonly options: IptablesOptions;
  readonly node: NodeRecord;
  /** The kernel accepts TCP packets outside the window, so none of them needs dropping (nf_conntrack_tcp_be_liberal). */
  readonly tcpBeLiberal: boolean;
}

/** The packet mark that says "masquerade", as iptables prints it; by default kube-proxy's bit. */
export function masqueradeMark({ masqueradeBit = 14 }: IptablesOptions): string {
  return `0x${(2 ** masqueradeBit).toString(16)}`;
}

/** Matches packets of pods, or of others; undefined when that cannot be told. */
export function podMatch({
  family,
  options: { detector },
  node,
}: Place): { yes: string; no: string } | undefined {
  if (detector.kind === 'bridge') return both(`-i ${detector.name}`);
  if (detector.kind === 'interfacePrefix') return both(`-i ${detector.prefix}+`);
  const cidrs = detector.kind === 'cidr' ? detector.cidrs : node.podCIDRs;
  const cidr = cidrs.find((one) => ofFamily(one, family));
  return cidr === undefined ? undefined : both(`-s ${cidr}`);
}

function both(match: string): { yes: string; no: string } {
  return { yes: match, no: `! ${match}` };
}

/** An address or network, and what else to match beside it; both may be empty. */
export interface NodePortMatch {
  readonly to: string;
  readonly kind: string;
}

/** Matches of packets to addresses of this node on which node ports are open: one rule each. */
export function nodePortMatches({ family, options, node }: Place): NodePortMatch[] {
  const { nodePortCidrs } = options;
  if (nodePortCidrs === 'primary') {
    const own = node.addresses.find((address) => familyOf(address) === family);
    return own === undefined ? [] : [{ to: `-d ${host(own)} `, kind: '' }];
  }
  const kind = '-m addrtype --dst-type LOCAL ';
  const cidrs = nodePortCidrs.filter((cidr) => ofFamily(cidr, family));
  if (!cidrs.some((cidr) => cidr.endsWith('/0'))) return cidrs.map((cidr) => ({ to: `-d ${cidr} `, kind }));
  if (family === 'IPv4' && options.localhostNodePorts) return [{ to: '', kind }];
  return [{ to: `! -d ${family === 'IPv4' ? '127.0.0.0/8' : '::1/128'} `, kind }];
}

/** An address as iptables prints it: a network of one. */
export function host(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** True for a network, or an address, of that family. */
export function ofFamily(cidr: string, family: Family): boolean {
  return familyOf(cidr.split('/')[0] ?? '') === family;
}
