import type { SetName } from './objects.ts';
import { defaultMasqueradeBit, type IpvsOptions, notFromPods, type Place } from './options.ts';
import { setName } from './text.ts';

/** A chain of ours, with the rule of the kernel's own chain that leads to it. */
interface Chain {
  readonly table: 'mangle' | 'nat' | 'filter';
  readonly name: string;
  /** The kernel's chain, and what narrows the jump. */
  readonly from?: { readonly chain: string; readonly match: string };
  readonly rules: readonly string[];
}

/**
 * Text for `iptables-restore --noflush`: the rules beside IPVS. Their number is constant; Services are in the ipsets that they
 * look into. `existing` is what `iptables-save` printed, to add no jump twice. Pure.
 */
export function renderRules(options: IpvsOptions, place: Place, existing: string): string {
  const chains = chainsFor(options, place);
  const tables = ['mangle', 'nat', 'filter'] as const;
  return tables
    .map((table) => {
      const ours = chains.filter((chain) => chain.table === table);
      const lines = [
        ...ours.map(({ name }) => `:${name} - [0:0]`),
        ...ours.flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${rule}`)),
        ...ours.flatMap((chain) => jumps(chain, table, existing)),
      ];
      return `*${table}\n${lines.join('\n')}\nCOMMIT\n`;
    })
    .join('');
}

/** All chains' names begin with this. */
export const chainPrefix = 'WORKSHOP-IPVS-';

/** Comes first in the kernel's chain: whoever accepts packets further down must not pass ours by. */
function jumps({ name, from }: Chain, table: string, existing: string): string[] {
  if (!from) return [];
  const present = sectionOf(existing, table).some(
    (line) => line.startsWith(`-A ${from.chain} `) && line.endsWith(`-j ${name}`),
  );
  return present ? [] : [`-I ${from.chain} 1 ${from.match}-j ${name}`];
}

/** The lines of one table in the output of `iptables-save`. */
export function sectionOf(saved: string, table: string): string[] {
  const lines = saved.split('\n');
  const start = lines.indexOf(`*${table}`);
  return start < 0 ? [] : lines.slice(start + 1, lines.indexOf('COMMIT', start));
}

function chainsFor(options: IpvsOptions, place: Place): Chain[] {
  const to = (set: SetName, sides = 'dst,dst') => `-m set --match-set ${setName(place.family, set)} ${sides}`;
  const notTo = (set: SetName, sides = 'dst,dst') =>
    `-m set ! --match-set ${setName(place.family, set)} ${sides}`;
  const fromNew = (chain: string) => ({ chain, match: '-m conntrack --ctstate NEW ' });
  const always = (chain: string) => ({ chain, match: '' });
  const outside = [notFromPods(options, place), '-m addrtype ! --src-type LOCAL'].filter(Boolean).join(' ');
  const marks = setName(place.family, 'MARKS');
  const guards = [`${to('GUARDED')} ${notTo('ALLOWED', 'dst,dst,src')} -j DROP`, `${to('DROP')} -j DROP`];
  return [
    // IPVS takes a node's own packets before the filter table sees them: what is to be dropped has to be dropped here.
    {
      table: 'mangle',
      name: `${chainPrefix}OUTSIDE`,
      rules: [`${to('DROP-OUTSIDE')} -j DROP`, `${to('MARKS')} -j SET --map-set ${marks} dst,dst --map-mark`],
    },
    {
      table: 'mangle',
      name: `${chainPrefix}PREROUTING`,
      from: fromNew('PREROUTING'),
      rules: [...guards, `${outside} -j ${chainPrefix}OUTSIDE`],
    },
    { table: 'mangle', name: `${chainPrefix}OUTPUT`, from: fromNew('OUTPUT'), rules: guards },
    { table: 'nat', name: `${chainPrefix}MARK`, rules: [`-j MARK --or-mark ${markOf(options)}`] },
    {
      table: 'nat',
      name: `${chainPrefix}PREROUTING`,
      from: always('PREROUTING'),
      rules: masqueradeRules(options, place, to),
    },
    {
      table: 'nat',
      name: `${chainPrefix}OUTPUT`,
      from: always('OUTPUT'),
      rules: masqueradeRules(options, place, to),
    },
    {
      table: 'nat',
      name: `${chainPrefix}POSTROUTING`,
      from: always('POSTROUTING'),
      rules: [
        `${to('HAIRPIN', 'dst,dst,src')} -j MASQUERADE`,
        `-m mark ! --mark ${markOf(options)}/${markOf(options)} -j RETURN`,
        `-j MARK --xor-mark ${markOf(options)}`,
        '-j MASQUERADE --random-fully',
      ],
    },
    {
      table: 'filter',
      name: `${chainPrefix}INPUT`,
      from: fromNew('INPUT'),
      rules: [
        `${to('REJECT')} -j REJECT`,
        // Else whatever listens on all of the node's addresses would be reached through a Service's.
        `${to('VIPS', 'dst')} ${notTo('SERVERS')} -j REJECT`,
      ],
    },
  ];
}

/** When the source address is rewritten to the node's: kube-proxy.md §3. */
function masqueradeRules(
  options: IpvsOptions,
  place: Place,
  to: (set: SetName, sides?: string) => string,
): string[] {
  const jump = `-j ${chainPrefix}MARK`;
  const notPods = notFromPods(options, place);
  const internal = options.masqueradeAll
    ? [`${to('CLUSTER-IP')} ${jump}`]
    : [
        ...(notPods === undefined ? [] : [`${notPods} ${to('CLUSTER-IP')} ${jump}`]),
        // The node's own: with the virtual address on one of its devices, the kernel takes that as the source.
        `-m addrtype --src-type LOCAL ${to('CLUSTER-IP')} ${jump}`,
      ];
  return [
    ...internal,
    `${to('EXTERNAL')} ${jump}`,
    `-m addrtype --src-type LOCAL ${to('EXTERNAL-LOCAL')} ${jump}`,
  ];
}

function markOf({ masqueradeBit = defaultMasqueradeBit }: IpvsOptions): string {
  return `0x${(2 ** masqueradeBit).toString(16)}`;
}
