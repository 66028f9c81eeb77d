import type { Family } from '../../../lib/ip.ts';
import { bits, hex, type Kind, kindBits } from './layout.ts';
import { defaultRecorder, lookup, recorderChains } from './sticky-chains.ts';
import { block, chain, type Words, wordsOf } from './text.ts';

/** What the fixed part of the table depends on. */
export interface SkeletonOptions {
  readonly family: Family;
  readonly table: string;
  /** Matches packets of this node's pods (or all the cluster's); undefined when that cannot be told. */
  readonly fromPod: { readonly yes: string; readonly no: string } | undefined;
  readonly masqueradeAll: boolean;
  readonly masqueradeBit: number;
  /** Matches packets to addresses of this node on which node ports are open. */
  readonly toNodePort: string;
  /** Networks that cluster IPs are given from; an address in them that nobody has leads nowhere. */
  readonly serviceCidrs: readonly string[];
}

/** The sets, maps and chains that are always there, except those that hook into the kernel. Pure. */
export function skeleton(options: SkeletonOptions): string {
  const words = wordsOf(options.family);
  const comment = `  comment "Kubernetes Services: written by the workshop's proxy (${words.ip})"`;
  return block(words.ip, options.table, [
    comment,
    ...declarations(options.family),
    ...chains(options, words),
  ]);
}

/** The chains that hook into the kernel: with them the table is live. Pure. */
export function hooks(options: SkeletonOptions): string {
  const { ip } = wordsOf(options.family);
  const mark = hex(2 ** options.masqueradeBit);
  const unmark = hex(2 ** 32 - 1 - 2 ** options.masqueradeBit);
  const base = (name: string, type: string, rules: string[]) => chain(name, [`type ${type};`, ...rules]);
  const forwarded = options.family === 'IPv6' ? [clearScratch] : [];
  return block(ip, options.table, [
    base('filter-prerouting', 'filter hook prerouting priority -110', ['ct state new jump firewall-check']),
    base('filter-input', 'filter hook input priority -110', [
      'ct state new jump service-check',
      'ct state new jump node-port-check',
    ]),
    base('filter-forward', 'filter hook forward priority -110', [
      'ct state new jump service-check',
      'ct state new jump cluster-ip-check',
      ...forwarded,
    ]),
    base('filter-output', 'filter hook output priority -110', [
      'ct state new jump firewall-check',
      'ct state new jump service-check',
    ]),
    base('filter-output-post-dnat', 'filter hook output priority -90', [
      'ct state new jump cluster-ip-check',
      clearScratch,
    ]),
    base('nat-prerouting', 'nat hook prerouting priority -100', ['jump dispatch']),
    base('nat-output', 'nat hook output priority -100', ['jump dispatch']),
    base('nat-input', 'nat hook input priority 100', [
      `meta mark & ${mark} != 0 meta mark set meta mark & ${unmark}`,
    ]),
    base('nat-postrouting', 'nat hook postrouting priority 100', [
      `ct status dnat ${ip} saddr . ${ip} daddr @hairpins meta mark set meta mark | ${mark}`,
      `meta mark & ${mark} == 0 return`,
      `meta mark set meta mark & ${unmark}`,
      'masquerade fully-random',
    ]),
  ]);
}

/** Forwarded IPv4 packets get a new priority from the kernel (ip_forward), all others keep what they have. */
const clearScratch = 'ct state new ct status dnat meta priority set 0';

function declarations(family: Family): string[] {
  const { ip, address } = wordsOf(family);
  const addressKey = `${address} . inet_proto . inet_service`;
  const nodePortKey = 'inet_proto . inet_service';
  const map = (name: string, type: string) => `  map ${name} { type ${type}; }`;
  const set = (name: string, type: string) => `  set ${name} { type ${type}; }`;
  return [
    map('services', `${addressKey} : classid`),
    map('node-ports', `${nodePortKey} : classid`),
    map('local-services', `${addressKey} : classid`),
    map('local-node-ports', `${nodePortKey} : classid`),
    map('classes', 'classid : verdict'),
    map('endpoints', `classid : ${address} . inet_service`),
    map('sticky-slots', 'classid : classid'),
    map('sticky-endpoints', `classid : ${address} . inet_service`),
    map('fresh-timeouts', 'classid : verdict'),
    ...(ip === 'ip'
      ? [
          map('sticky-timeouts', 'classid : verdict'),
          map('affinity', 'ipv4_addr . classid : classid; flags dynamic,timeout; timeout 3h; size 262144'),
        ]
      : [map('sticky-lookups', 'classid : verdict')]),
    set('rejected', addressKey),
    set('dropped', addressKey),
    set('rejected-node-ports', nodePortKey),
    set('cluster-ips', address),
    set('node-ips', address),
    set('hairpins', `${address} . ${address}`),
    set('guarded', addressKey),
    set('allowed', `${address} . ${addressKey}; flags interval`),
  ];
}

function chains(options: SkeletonOptions, { ip }: Words): string[] {
  const key = `${ip} daddr . meta l4proto . th dport`;
  const mark = `meta mark set meta mark | ${hex(2 ** options.masqueradeBit)}`;
  return [
    chain('dispatch', dispatch(options, ip, 'pick')),
    chain('pick', [
      `meta priority & ${hex(bits.kind)} vmap { ${kindVerdicts(options).join(', ')} }`,
      `meta priority & ${hex(bits.sticky)} != 0 goto sticky`,
      'goto choose',
    ]),
    chain('choose', [`meta priority & ${hex(bits.class)} vmap @classes`]),
    chain('masquerade-internal', internalMasquerade(options, mark)),
    chain('masquerade-always', [mark]),
    chain('masquerade-from-node', [`fib saddr type local ${mark}`]),
    ...stickyChains(options.family),
    chain('repick', dispatch(options, ip, 'choose')),
    chain('service-check', [`${key} @rejected reject`, `${key} @dropped drop`]),
    chain('node-port-check', [`${options.toNodePort} meta l4proto . th dport @rejected-node-ports reject`]),
    chain('cluster-ip-check', [
      `${ip} daddr @cluster-ips reject`,
      ...options.serviceCidrs.map((cidr) => `${ip} daddr ${cidr} drop`),
    ]),
    chain('firewall-check', [`${key} @guarded goto firewall`]),
    chain('firewall', [`${ip} saddr . ${key} @allowed return`, 'drop']),
  ];
}

function stickyChains(family: Family): string[] {
  const list = `meta priority & ${hex(bits.list)}`;
  if (family === 'IPv6') {
    return [
      chain('sticky', [`${list} vmap @sticky-lookups`, 'goto choose']),
      chain('sticky-miss', [`${list} vmap @fresh-timeouts`]),
    ];
  }
  return [
    chain('sticky', lookup(defaultRecorder)),
    chain('sticky-hit', [`${list} vmap @sticky-timeouts`, 'goto refresh']),
    chain('sticky-miss', [`${list} vmap @fresh-timeouts`, 'goto remember']),
    ...recorderChains(defaultRecorder),
  ];
}

function internalMasquerade({ masqueradeAll, fromPod }: SkeletonOptions, mark: string): string[] {
  if (masqueradeAll) return [mark];
  return fromPod ? [`${fromPod.no} ${mark}`] : [];
}

/** Finds the code of the address that the packet is for. Traffic from outside meets policy Local first. */
function dispatch({ fromPod, toNodePort }: SkeletonOptions, ip: string, next: string): string[] {
  const fromOutside = [fromPod?.no, 'fib saddr type != local'].filter(Boolean).join(' ');
  const byAddress = `${ip} daddr . meta l4proto . th dport`;
  const byPort = 'meta l4proto . th dport';
  return [
    `meta priority set ${byAddress} map @local-services ${fromOutside} goto ${next}`,
    `meta priority set ${byAddress} map @services goto ${next}`,
    `${toNodePort} meta priority set ${byPort} map @local-node-ports ${fromOutside} goto ${next}`,
    `${toNodePort} meta priority set ${byPort} map @node-ports goto ${next}`,
  ];
}

function kindVerdicts({ masqueradeAll, fromPod }: SkeletonOptions): string[] {
  const on = (kind: Kind, name: string) => `${hex(kindBits(kind))} : jump masquerade-${name}`;
  return [
    ...(masqueradeAll || fromPod ? [on('internal', 'internal')] : []),
    on('always', 'always'),
    on('fromNode', 'from-node'),
  ];
}
