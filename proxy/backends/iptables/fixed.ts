import { comment } from './chains.ts';
import { reject, type SharedRule } from './doors.ts';
import { masqueradeMark, nodePortMatches, ofFamily, type Place } from './options.ts';

export type TableName = 'nat' | 'filter';

/** A chain with its whole content. */
export interface FixedChain {
  readonly table: TableName;
  readonly name: string;
  readonly rules: readonly string[];
}

/** Chains whose content does not depend on Services. Pure. */
export function fixedChains({ options, tcpBeLiberal }: Place): FixedChain[] {
  const mark = masqueradeMark(options);
  const invalid = '-m conntrack --ctstate INVALID -j DROP';
  return [
    { table: 'nat', name: 'KUBE-MARK-MASQ', rules: [`-j MARK --set-xmark ${mark}/${mark}`] },
    {
      table: 'nat',
      name: 'KUBE-POSTROUTING',
      rules: [
        `-m mark ! --mark ${mark}/${mark} -j RETURN`,
        // Cleared, so that a packet that meets this host again is not masqueraded twice.
        `-j MARK --set-xmark ${mark}/0x0`,
        `${comment('kubernetes service traffic requiring SNAT')} -j MASQUERADE --random-fully`,
      ],
    },
    {
      table: 'filter',
      name: 'KUBE-FORWARD',
      rules: [
        // NAT lets them through untranslated, and the peer would answer with a reset (kubernetes issue 74839).
        ...(tcpBeLiberal ? [] : [invalid]),
        `${comment('kubernetes forwarding rules')} -m mark --mark ${mark}/${mark} -j ACCEPT`,
        `${comment('kubernetes forwarding conntrack rule')} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      ],
    },
  ];
}

/** Chains that Services put rules into, with the rules that stay behind all of those. */
export function sharedChains(place: Place): FixedChain[] {
  const { family, options } = place;
  const note = 'kubernetes service nodeports; NOTE: this must be the last rule in this chain';
  const nodePorts = nodePortMatches(place).map(
    ({ to, kind }) => `${to}${comment(note)} ${kind}-j KUBE-NODEPORTS`,
  );
  const nobody = options.serviceCidrs
    .filter((cidr) => ofFamily(cidr, family))
    .map((cidr) => `-d ${cidr} ${comment('no such service')} -j ${reject(family)}`);
  return [
    { table: 'nat', name: 'KUBE-NODEPORTS', rules: [] },
    { table: 'nat', name: 'KUBE-SERVICES', rules: nodePorts },
    { table: 'filter', name: 'KUBE-SERVICES', rules: nobody },
    { table: 'filter', name: 'KUBE-EXTERNAL-SERVICES', rules: [] },
    { table: 'filter', name: 'KUBE-PROXY-FIREWALL', rules: [] },
    { table: 'filter', name: 'KUBE-NODEPORTS', rules: localhostGuard(place) },
  ];
}

/** With node ports on 127.0.0.0/8 the kernel routes such addresses (route_localnet): others must not reach them (CVE-2020-8558). */
function localhostGuard({ family, options }: Place): string[] {
  if (family !== 'IPv4' || !options.localhostNodePorts) return [];
  const text = comment('block incoming localnet connections');
  return [
    `! -s 127.0.0.0/8 -d 127.0.0.0/8 ${text} -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP`,
  ];
}

/** The rules of the kernel's own chains that lead to ours, in their order; they stand before all others there. */
export function jumps(): SharedRule[] {
  const fresh = '-m conntrack --ctstate NEW ';
  const portals = 'kubernetes service portals';
  const external = 'kubernetes externally-visible service portals';
  const firewall = 'kubernetes load balancer firewall';
  const filter = (chain: string, match: string, text: string, target: string): SharedRule => ({
    table: 'filter',
    chain,
    rule: `${match}${comment(text)} -j ${target}`,
  });
  const nat = (chain: string, text: string, target: string): SharedRule => ({
    table: 'nat',
    chain,
    rule: `${comment(text)} -j ${target}`,
  });
  return [
    nat('PREROUTING', portals, 'KUBE-SERVICES'),
    nat('OUTPUT', portals, 'KUBE-SERVICES'),
    nat('POSTROUTING', 'kubernetes postrouting rules', 'KUBE-POSTROUTING'),
    ...['INPUT', 'FORWARD', 'OUTPUT'].flatMap((chain) => [
      filter(chain, fresh, firewall, 'KUBE-PROXY-FIREWALL'),
      filter(chain, fresh, external, 'KUBE-EXTERNAL-SERVICES'),
      filter(chain, fresh, portals, 'KUBE-SERVICES'),
    ]),
    filter('INPUT', '', 'kubernetes health check service ports', 'KUBE-NODEPORTS'),
    filter('FORWARD', '', 'kubernetes forwarding rules', 'KUBE-FORWARD'),
  ];
}
