import { familyOf } from '../../../lib/ip.ts';
import { allowedRanges } from '../../model/source-ranges.ts';
import type { Unit } from '../../model/unit.ts';

/** The proxy ports of a unit: one for each of its lists that has one. */
export interface Ports {
  readonly cluster?: number | undefined;
  readonly local?: number | undefined;
}

/** Contents of the table: for each set or map its keys, with a value in maps. */
export type Contents = ReadonlyMap<string, ReadonlyMap<string, string | undefined>>;

/**
 * What all sets and maps should hold for these units. When two of them want one address, protocol and port, the cluster IP goes
 * before a load balancer's address, that before an external IP, and then the smaller id. Pure.
 */
export function contentsFor(
  units: Iterable<Unit>,
  portsOf: (unit: Unit) => Ports,
  { nodeIps, nodePortIps }: { nodeIps: readonly string[]; nodePortIps: readonly string[] },
): Contents {
  const claims = new Map<string, { rank: string; elements: readonly Element[] }>();
  const contents = new Map<string, Map<string, string | undefined>>();
  const add = ({ set, key, value }: Element) => {
    const held = contents.get(set) ?? new Map<string, string | undefined>();
    contents.set(set, held.set(key, value));
  };
  for (const unit of units) {
    const ports = portsOf(unit);
    for (const { place, rank, elements } of doorsOf(unit, ports, nodeIps)) {
      const rival = claims.get(place);
      if (!rival || rank < rival.rank) claims.set(place, { rank, elements });
    }
    add({ set: 'cluster-ips', key: unit.clusterIP });
    for (const port of [ports.cluster, ports.local]) {
      if (port !== undefined) add({ set: 'proxy-ports', key: `${words[unit.protocol]} . ${port}` });
    }
  }
  for (const { elements } of claims.values()) elements.forEach(add);
  for (const key of nodePortIps) if (familyOf(key)) add({ set: 'node-ips', key });
  return contents;
}

interface Element {
  readonly set: string;
  readonly key: string;
  readonly value?: string | undefined;
}

/** One address, or the node's own, with protocol and port; and what the table says about it. */
interface Door {
  readonly place: string;
  readonly rank: string;
  readonly elements: readonly Element[];
}

function doorsOf(unit: Unit, ports: Ports, nodeIps: readonly string[]): Door[] {
  const address = (key: string, rank: number, more: readonly Element[] = []): Door => ({
    place: key,
    rank: `${rank} ${unit.id}`,
    elements: [...external(unit, ports, key, ''), ...more],
  });
  const own = keyFor(unit, unit.clusterIP);
  return [
    { place: own, rank: `0 ${unit.id}`, elements: [internal(unit, ports, own)] },
    ...unit.vips.map((vip) => address(keyFor(unit, vip), 1, guards(unit, vip, nodeIps))),
    ...unit.externalIPs.map((ip) => address(keyFor(unit, ip), 2)),
    ...(unit.nodePort === 0 ? [] : [nodePortDoor(unit, ports)]),
  ];
}

const words = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const;

function keyFor(unit: Unit, address: string): string {
  return `${address} . ${words[unit.protocol]} . ${unit.port}`;
}

function nodePortDoor(unit: Unit, ports: Ports): Door {
  const key = `${words[unit.protocol]} . ${unit.nodePort}`;
  return { place: `node ${key}`, rank: unit.id, elements: external(unit, ports, key, '-node-ports') };
}

function internal(unit: Unit, ports: Ports, key: string): Element {
  if (unit.internal === 'drop') return { set: 'dropped', key };
  const port = unit.internal === 'local' ? ports.local : ports.cluster;
  if (unit.internal === 'reject' || port === undefined) return { set: 'rejected', key };
  return { set: 'services', key, value: String(port) };
}

/** Under policy Local, traffic from outside is looked up in maps of its own first. */
function external(unit: Unit, ports: Ports, key: string, suffix: '' | '-node-ports'): Element[] {
  const map = suffix === '' ? 'services' : 'node-ports';
  const rejected = [{ set: `rejected${suffix}`, key }];
  if (unit.external === 'reject' || ports.cluster === undefined) return rejected;
  const main = { set: map, key, value: String(ports.cluster) };
  if (unit.external === 'local-drop') return [main, { set: `outside-dropped${suffix}`, key }];
  if (unit.external === 'cluster') return [main];
  return ports.local === undefined
    ? rejected
    : [main, { set: `local-${map}`, key, value: String(ports.local) }];
}

function guards(unit: Unit, vip: string, nodeIps: readonly string[]): Element[] {
  if (unit.sourceRanges.length === 0) return [];
  const ranges = allowedRanges(unit.sourceRanges, vip, nodeIps);
  if (ranges === 'all') return [];
  const key = keyFor(unit, vip);
  return [{ set: 'guarded', key }, ...ranges.map((range) => ({ set: 'allowed', key: `${range} . ${key}` }))];
}
