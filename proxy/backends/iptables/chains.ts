import { allowedRanges } from '../../model/source-ranges.ts';
import type { Endpoint, Unit } from '../../model/unit.ts';
import { chainNames, destination, endpointChain, unitText } from './names.ts';
import { host, type Place, podMatch } from './options.ts';

/** Name of a chain in table nat, and its rules without `-A NAME`. */
export type Chains = ReadonlyMap<string, readonly string[]>;

/**
 * The chains of one unit in table nat, leaves first. Rules are written as `iptables-save` prints them, so that the two can be
 * compared. Pure; layout of kube-proxy (kube-proxy.md §2.2).
 */
export function unitChains(unit: Unit, place: Place): Chains {
  const { svc, svl, ext, fw } = chainNames(unit);
  const outside = hasExternal(unit) && unit.external !== 'reject';
  const cluster = unit.internal === 'cluster' || outside ? unit.cluster : [];
  const local = unit.internal === 'local' || (outside && unit.external === 'local') ? unit.local : [];
  const chains = new Map<string, string[]>();
  const targets = (endpoints: readonly Endpoint[]) =>
    endpoints.map((endpoint): Target => {
      const name = endpointChain(unit, endpoint);
      if (!chains.has(name)) chains.set(name, endpointRules(unit, endpoint, name));
      return { name, text: comment(`${unitText(unit)} -> ${destination(endpoint)}`) };
    });
  if (cluster.length > 0) {
    const entry = unit.internal === 'cluster' ? masqueradeInternal(unit, place) : [];
    chains.set(svc, [...entry, ...picks(unit, targets(cluster), place)]);
  }
  if (local.length > 0) {
    const entry = unit.internal === 'local' ? masqueradeInternal(unit, place) : [];
    chains.set(svl, [...entry, ...picks(unit, targets(local), place)]);
  }
  if (outside) chains.set(ext, externalRules(unit, place));
  const allowed = allowedSources(unit, place);
  if (outside && allowed)
    chains.set(
      fw,
      allowed.map((range) => firewallRule(unit, range)),
    );
  return chains;
}

/** The unit has an address beside its cluster IP. */
export function hasExternal(unit: Unit): boolean {
  return unit.nodePort !== 0 || unit.externalIPs.length > 0 || unit.vips.length > 0;
}

/** Who may reach the unit's load balancer VIPs; undefined: everybody. */
export function allowedSources({ vips, sourceRanges }: Unit, { node }: Place): string[] | undefined {
  const lists = vips.map((vip) => allowedRanges(sourceRanges, vip, node.addresses));
  const ranges = lists.flatMap((list) => (list === 'all' ? [] : list));
  return ranges.length === 0 ? undefined : [...new Set(ranges)];
}

/** The match that does nothing but carry a comment, quoted as iptables-save prints it. */
export function comment(text: string): string {
  return `-m comment --comment "${text}"`;
}

/** `-p tcp`, and the match on the destination port, which iptables prints further back. */
export function protocolMatch({ protocol }: Unit, port: number): { p: string; dport: string } {
  const word = protocol.toLowerCase();
  return { p: `-p ${word}`, dport: `-m ${word} --dport ${port}` };
}

/** A pod that meets itself must see another source, or it would answer past the node. */
function endpointRules(unit: Unit, endpoint: Endpoint, name: string): string[] {
  const text = comment(unitText(unit));
  const remember =
    unit.affinitySeconds === undefined
      ? ''
      : ` -m recent --set --name ${name} --mask ${fullMask(unit)} --rsource`;
  return [
    `-s ${host(endpoint.address)} ${text} -j KUBE-MARK-MASQ`,
    `-p ${unit.protocol.toLowerCase()} ${text}${remember} -j DNAT --to-destination ${destination(endpoint)}`,
  ];
}

function fullMask({ family }: Unit): string {
  return family === 'IPv4' ? '255.255.255.255' : 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
}

/** Traffic to the cluster IP that is not from a pod gets the node's address, so that answers come back through it. */
function masqueradeInternal(unit: Unit, place: Place): string[] {
  const { p, dport } = protocolMatch(unit, unit.port);
  const to = `-d ${host(unit.clusterIP)}`;
  const tail = `${p} ${comment(`${unitText(unit)} cluster IP`)} ${dport} -j KUBE-MARK-MASQ`;
  if (place.options.masqueradeAll) return [`${to} ${tail}`];
  const no = podMatch(place)?.no;
  if (no === undefined) return [];
  // iptables prints addresses before interfaces.
  return [no.startsWith('! -i') ? `${to} ${no} ${tail}` : `${no} ${to} ${tail}`];
}

interface Target {
  readonly name: string;
  readonly text: string;
}

/** First the endpoint that remembers the client, then one by chance or in turn. */
function picks(unit: Unit, targets: readonly Target[], { options }: Place): string[] {
  const seconds = unit.affinitySeconds;
  const known =
    seconds === undefined
      ? []
      : targets.map(
          ({ name, text }) =>
            `${text} -m recent --rcheck --seconds ${seconds} --reap --name ${name} --mask ${fullMask(unit)} --rsource -j ${name}`,
        );
  const fresh = targets.map(({ name, text }, i) => {
    const left = targets.length - i;
    return `${text}${left === 1 ? '' : ` ${share(left, options.scheduler)}`} -j ${name}`;
  });
  return [...known, ...fresh];
}

/** One packet of `left` that get here: each rule sees what those before it have let pass, so all endpoints get the same share. */
export function share(left: number, scheduler: 'rr' | 'random'): string {
  if (scheduler === 'rr') return `-m statistic --mode nth --every ${left} --packet 0`;
  return `-m statistic --mode random --probability ${(1 / left).toFixed(10)}`;
}

function externalRules(unit: Unit, place: Place): string[] {
  const { svc, svl } = chainNames(unit);
  const what = `${unitText(unit)} external destinations`;
  if (unit.external === 'cluster') {
    return [`${comment(`masquerade traffic for ${what}`)} -j KUBE-MARK-MASQ`, `-j ${svc}`];
  }
  const yes = podMatch(place)?.yes;
  const own = '-m addrtype --src-type LOCAL';
  return [
    ...(yes === undefined ? [] : [`${yes} ${comment(`pod traffic for ${what}`)} -j ${svc}`]),
    `${comment(`masquerade LOCAL traffic for ${what}`)} ${own} -j KUBE-MARK-MASQ`,
    `${comment(`route LOCAL traffic for ${what}`)} ${own} -j ${svc}`,
    ...(unit.external === 'local' ? [`-j ${svl}`] : []),
  ];
}

function firewallRule(unit: Unit, range: string): string {
  return `-s ${range} ${comment(`${unitText(unit)} loadbalancer IP`)} -j ${chainNames(unit).ext}`;
}
