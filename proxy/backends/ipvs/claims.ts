import { allowedRanges } from '../../model/source-ranges.ts';
import type { Endpoint, Unit } from '../../model/unit.ts';
import { canonical, type Door, doorsOf } from './doors.ts';
import {
  addressObject,
  element,
  entry,
  hostPort,
  type KernelObject,
  markServer,
  type Server,
  type SetName,
  serverAt,
} from './objects.ts';
import { type IpvsOptions, nodePortAddresses, type Place, type Scheduler } from './options.ts';

/** Kernel objects that a unit wants together: of several units with the same key the smallest rank has them, all or nothing. */
export interface Claim {
  readonly key: string;
  readonly rank: string;
  readonly objects: readonly KernelObject[];
}

/** All that one unit wants in the kernel. `mark` is the unit's own, for traffic from outside under policy Local. Pure. */
export function claimsOf(unit: Unit, options: IpvsOptions, place: Place, mark: number): Claim[] {
  const doors = doorsOf(unit, nodePortAddresses(options, place));
  const local = doors.some(({ verdict }) => verdict === 'local');
  return [
    ...doors.map((door) => doorClaim(door, { unit, options, place, mark })),
    ...doors.filter((door) => isBound(door, place)).map(({ address }) => boundClaim(address, unit)),
    ...(local ? [markClaim(unit, options, mark)] : []),
    ...hairpinClaims(unit),
  ];
}

interface Context {
  readonly unit: Unit;
  readonly options: IpvsOptions;
  readonly place: Place;
  readonly mark: number;
}

function doorClaim(door: Door, context: Context): Claim {
  const { unit, options } = context;
  const { protocol } = unit;
  const key = element(door.address, protocol, door.port);
  const served = door.verdict !== 'reject' && door.verdict !== 'drop';
  const useLocal = door.kind === 'cluster-ip' && unit.internal === 'local';
  const endpoints = useLocal ? unit.local : unit.cluster;
  const objects = [
    ...(served ? [serverAt(door, protocol, balancing(unit, options, endpoints))] : []),
    ...setsFor(door).map((set) => entry(set, key, set === 'MARKS' ? context.mark : undefined)),
    ...guardEntries(door, key, context),
  ];
  return { key: `door ${key}`, rank: door.rank, objects };
}

/** In which sets a door stands, by what is to be done there. */
function setsFor({ kind, verdict }: Door): SetName[] {
  if (verdict === 'reject') return ['REJECT'];
  if (verdict === 'drop') return ['DROP'];
  if (kind === 'cluster-ip') return ['CLUSTER-IP'];
  if (verdict === 'serve') return ['EXTERNAL'];
  return verdict === 'local' ? ['EXTERNAL-LOCAL', 'MARKS'] : ['EXTERNAL-LOCAL', 'DROP-OUTSIDE'];
}

/** Who may use a load balancer's address. */
function guardEntries({ kind, address }: Door, key: string, { unit, place }: Context): KernelObject[] {
  const ranges = kind === 'vip' ? allowedRanges(unit.sourceRanges, address, place.node.addresses) : 'all';
  if (ranges === 'all') return [];
  return [entry('GUARDED', key), ...ranges.map((range) => entry('ALLOWED', `${key},${network(range)}`))];
}

/** As ipset prints it: without the prefix length of a single host. */
function network(range: string): string {
  const [address = '', length = ''] = range.split('/');
  const whole = address.includes(':') ? '128' : '32';
  return length === '' || length === whole ? canonical(address) : `${canonical(address)}/${length}`;
}

/** Node ports are on addresses that the node has anyway; so may be an external IP. */
function isBound({ kind, address }: Door, { ownAddresses }: Place): boolean {
  return kind !== 'node-port' && !ownAddresses.includes(address);
}

function boundClaim(address: string, unit: Unit): Claim {
  return { key: `address ${address}`, rank: unit.id, objects: [addressObject(address)] };
}

function markClaim(unit: Unit, options: IpvsOptions, mark: number): Claim {
  const usual = balancing(unit, options, unit.local);
  const balanced = unit.affinitySeconds === undefined ? usual : { ...usual, ...byClient };
  const server = markServer(mark, unit.family, unit.protocol, balanced);
  return { key: `mark ${mark}`, rank: unit.id, objects: [server] };
}

/**
 * Affinity where packets are known by a mark. IPVS' own, `-p`, would lead them to an endpoint at the port that the client asked for
 * instead of the target port (ip_vs_core.c: ip_vs_sched_persist compares it with the virtual server's, and a mark has none).
 * A consistent hash of the client's address has no time that runs out, and few clients move when endpoints come and go.
 */
const byClient = { scheduler: 'mh', flags: 'mh-fallback', persistence: 0 } as const;

function balancing(
  unit: Unit,
  { scheduler }: IpvsOptions,
  endpoints: readonly Endpoint[],
): Pick<Server, 'scheduler' | 'flags' | 'persistence' | 'reals'> {
  const reals = endpoints.map(({ address, port }) => [hostPort(canonical(address), port), 1] as const);
  return {
    scheduler,
    flags: flagsOf(scheduler),
    persistence: unit.affinitySeconds ?? 0,
    reals: new Map(reals),
  };
}

/**
 * `sh` would refuse clients whose bucket belongs to a real server of weight 0 (one that is being drained) instead of looking
 * further. `mh` takes the port into account, as kube-proxy has it.
 */
function flagsOf(scheduler: Scheduler): string {
  if (scheduler === 'sh') return 'sh-fallback';
  return scheduler === 'mh' ? 'mh-port' : '';
}

/** Pods of this node that may get a connection of their own back. */
function hairpinClaims(unit: Unit): Claim[] {
  const keys = new Set<string>();
  for (const { address, port, maybeLocal } of [...unit.cluster, ...unit.local]) {
    const ip = canonical(address);
    if (maybeLocal) keys.add(`${element(ip, unit.protocol, port)},${ip}`);
  }
  return [...keys].map((key) => ({ key: `hairpin ${key}`, rank: unit.id, objects: [entry('HAIRPIN', key)] }));
}
