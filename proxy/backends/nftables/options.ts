import { type Family, familyOf, parseLooseCidr } from '../../../lib/ip.ts';
import type { NodeRecord } from '../../model/records.ts';
import { defaultMasqueradeBit } from './layout.ts';
import type { SkeletonOptions } from './skeleton.ts';
import { wordsOf } from './text.ts';

/** How to tell a pod of this node (or of the cluster) by a packet; kube-proxy's `--detect-local-mode`. */
export type LocalDetector =
  | { readonly kind: 'cidr'; readonly cidrs: readonly string[] }
  | { readonly kind: 'nodeCidr' }
  | { readonly kind: 'bridge'; readonly name: string }
  | { readonly kind: 'interfacePrefix'; readonly prefix: string };

export interface NftablesOptions {
  readonly scheduler: 'rr' | 'random';
  readonly masqueradeAll: boolean;
  readonly masqueradeBit?: number | undefined;
  readonly detector: LocalDetector;
  /** Networks on whose local addresses node ports are open; `primary`: the node's own first address. */
  readonly nodePortCidrs: readonly string[] | 'primary';
  readonly serviceCidrs: readonly string[];
}

export function skeletonOptions(
  family: Family,
  table: string,
  options: NftablesOptions,
  node: NodeRecord,
): SkeletonOptions {
  const { ip } = wordsOf(family);
  return {
    family,
    table,
    fromPod: fromPod(family, options.detector, node),
    masqueradeAll: options.masqueradeAll,
    masqueradeBit: options.masqueradeBit ?? defaultMasqueradeBit,
    toNodePort: toNodePort(family, ip, options.nodePortCidrs),
    serviceCidrs: options.serviceCidrs.filter((cidr) => ofFamily(cidr, family)),
  };
}

function fromPod(family: Family, detector: LocalDetector, node: NodeRecord): SkeletonOptions['fromPod'] {
  const { ip } = wordsOf(family);
  if (detector.kind === 'bridge') return match('iifname', `"${detector.name}"`);
  if (detector.kind === 'interfacePrefix') return match('iifname', `"${detector.prefix}*"`);
  const cidrs = detector.kind === 'cidr' ? detector.cidrs : node.podCIDRs;
  const cidr = cidrs.find((one) => ofFamily(one, family));
  return cidr === undefined ? undefined : match(`${ip} saddr`, cidr);
}

function match(field: string, value: string): { yes: string; no: string } {
  return { yes: `${field} ${value}`, no: `${field} != ${value}` };
}

/** Never on loopback addresses: replies to them could not be routed back (kube-proxy.md §2.4). */
function toNodePort(family: Family, ip: string, cidrs: readonly string[] | 'primary'): string {
  if (cidrs === 'primary') return `${ip} daddr @node-ips`;
  const own = cidrs.filter((cidr) => ofFamily(cidr, family));
  const notLoopback = `fib daddr type local ${ip} daddr != ${family === 'IPv4' ? '127.0.0.0/8' : '::1'}`;
  if (own.some((cidr) => cidr.endsWith('/0'))) return notLoopback;
  return own.length === 0 ? `${ip} daddr @node-ips` : `${notLoopback} ${ip} daddr { ${own.join(', ')} }`;
}

function ofFamily(cidr: string, family: Family): boolean {
  const slash = cidr.indexOf('/');
  return slash > 0 && familyOf(cidr.slice(0, slash)) === family && parseLooseCidr(cidr).family === family;
}
