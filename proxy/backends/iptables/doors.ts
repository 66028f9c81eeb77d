import type { Unit } from '../../model/unit.ts';
import { allowedSources, comment, hasExternal, protocolMatch } from './chains.ts';
import { chainNames, unitText } from './names.ts';
import { host, nodePortMatches, type Place } from './options.ts';

/** A rule in a chain that all Services share, without `-A CHAIN`. */
export interface SharedRule {
  readonly table: 'nat' | 'filter';
  readonly chain: string;
  readonly rule: string;
}

/** What leads from one address (or node port) to a unit. Of several claimants the one with the smallest `rank` has it. */
export interface Door {
  readonly claim: string;
  readonly rank: string;
  readonly rules: readonly SharedRule[];
}

/** All doors of one unit. Pure. */
export function unitDoors(unit: Unit, place: Place): Door[] {
  const doors = [{ ...claim(unit, unit.clusterIP, '0'), rules: [internalRule(unit, place)] }];
  if (!hasExternal(unit)) return doors;
  const plain = unit.externalIPs.filter((ip) => !unit.vips.includes(ip) && ip !== unit.clusterIP);
  for (const vip of new Set(unit.vips)) {
    doors.push({ ...claim(unit, vip, '1'), rules: vipRules(unit, vip, place) });
  }
  for (const ip of new Set(plain)) {
    doors.push({
      ...claim(unit, ip, '2'),
      rules: addressRules(unit, ip, 'external IP', chainNames(unit).ext),
    });
  }
  if (unit.nodePort !== 0) {
    const at = `node port ${unit.protocol} ${unit.nodePort}`;
    doors.push({ claim: at, rank: unit.id, rules: nodePortRules(unit, place) });
  }
  return doors;
}

function claim(unit: Unit, address: string, rank: string): Pick<Door, 'claim' | 'rank'> {
  return { claim: `${address} ${unit.protocol} ${unit.port}`, rank: `${rank} ${unit.id}` };
}

function internalRule(unit: Unit, { family }: Place): SharedRule {
  const to = addressMatch(unit, unit.clusterIP);
  const { svc, svl } = chainNames(unit);
  if (unit.internal === 'reject') {
    return { ...inFilter, rule: `${to('has no endpoints')} -j ${reject(family)}` };
  }
  if (unit.internal === 'drop') return { ...inFilter, rule: `${to('has no local endpoints')} -j DROP` };
  return { ...inNat, rule: `${to('cluster IP')} -j ${unit.internal === 'local' ? svl : svc}` };
}

const inNat = { table: 'nat', chain: 'KUBE-SERVICES' } as const;
const inFilter = { table: 'filter', chain: 'KUBE-SERVICES' } as const;
const inExternal = { table: 'filter', chain: 'KUBE-EXTERNAL-SERVICES' } as const;

/** The target that answers as a closed port does, by ICMP of the family. */
export function reject(family: Unit['family']): string {
  return `REJECT --reject-with ${family === 'IPv4' ? 'icmp' : 'icmp6'}-port-unreachable`;
}

function addressMatch(unit: Unit, address: string): (words: string) => string {
  const { p, dport } = protocolMatch(unit, unit.port);
  return (words) => `-d ${host(address)} ${p} ${comment(`${unitText(unit)} ${words}`)} ${dport}`;
}

/** What passes the firewall chain without being sent on keeps the VIP as its destination, and is dropped in table filter. */
function vipRules(unit: Unit, vip: string, place: Place): SharedRule[] {
  const { ext, fw } = chainNames(unit);
  if (unit.external === 'reject' || !allowedSources(unit, place)) {
    return addressRules(unit, vip, 'loadbalancer IP', ext);
  }
  const drop = `${addressMatch(unit, vip)(`traffic not accepted by ${fw}`)} -j DROP`;
  return [
    ...addressRules(unit, vip, 'loadbalancer IP', fw),
    { table: 'filter', chain: 'KUBE-PROXY-FIREWALL', rule: drop },
  ];
}

function addressRules(unit: Unit, address: string, words: string, chain: string): SharedRule[] {
  const to = addressMatch(unit, address);
  if (unit.external === 'reject') {
    return [{ ...inExternal, rule: `${to('has no endpoints')} -j ${reject(unit.family)}` }];
  }
  const sent = { ...inNat, rule: `${to(words)} -j ${chain}` };
  if (unit.external !== 'local-drop') return [sent];
  return [sent, { ...inExternal, rule: `${to('has no local endpoints')} -j DROP` }];
}

function nodePortRules(unit: Unit, place: Place): SharedRule[] {
  const { p, dport } = protocolMatch(unit, unit.nodePort);
  const blocked = (words: string, verdict: string) =>
    nodePortMatches(place).map(({ to, kind }) => ({
      ...inExternal,
      rule: `${to}${p} ${comment(`${unitText(unit)} ${words}`)} ${kind}${dport} -j ${verdict}`,
    }));
  if (unit.external === 'reject') return blocked('has no endpoints', reject(unit.family));
  const rule = `${p} ${comment(unitText(unit))} ${dport} -j ${chainNames(unit).ext}`;
  const sent: SharedRule = { table: 'nat', chain: 'KUBE-NODEPORTS', rule };
  return unit.external === 'local-drop' ? [sent, ...blocked('has no local endpoints', 'DROP')] : [sent];
}
