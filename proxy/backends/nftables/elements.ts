import { allowedRanges } from '../../model/source-ranges.ts';
import type { Endpoint, Unit } from '../../model/unit.ts';
import type { Allocator, Class, Holding, List } from './allocator.ts';
import { bits, codeText, hex, type Kind, slotKey } from './layout.ts';
import { defaultRecorder, type Recorder, recorderFor } from './sticky-chains.ts';

/** One element of a set (without value) or map of our table. */
export interface Element {
  readonly set: string;
  readonly key: string;
  readonly value?: string | undefined;
  /**
   * What it lays claim to, when others may want the same: an address with protocol and port, a cluster IP, … in the form of a key, so
   * that none of these looks like another. Of several claimants the one with the smallest `rank` has it.
   */
  readonly claim?: string | undefined;
  readonly rank?: string | undefined;
}

/** All elements that one unit puts into the table. `nodeIps` are needed for source ranges. */
export function elementsOf(unit: Unit, allocator: Allocator, nodeIps: readonly string[]): Element[] {
  const holding = allocator.holding(unit.id);
  const sticky = unit.affinitySeconds !== undefined;
  const parts = { unit, holding, sticky };
  const external = hasExternal(unit);
  const used = unit.internal === 'local' && !external ? nobody : unit.cluster;
  const cluster = allocator.fill(holding.cluster, used.map(endpointText), sticky);
  const local = allocator.fill(holding.local, unit.local.map(endpointText), sticky);
  const clusterIP = unit.clusterIP;
  const all: Element[] = [
    internalElement(parts, unit.internal === 'local' ? local : cluster),
    { set: 'cluster-ips', key: clusterIP, value: undefined, claim: clusterIP, rank: unit.id },
  ];
  addListElements(all, parts, holding.cluster, false);
  addListElements(all, parts, holding.local, true);
  if (external) all.push(...externalElements(parts, cluster, local), ...firewallElements(unit, nodeIps));
  addHairpins(all, unit);
  if (sticky) all.push(...recorderElements(unit, allocator));
  return all;
}

const nobody: readonly Endpoint[] = [];

function endpointText({ address, port }: Endpoint): string {
  return `${address} . ${port}`;
}

/** Whether several units may well claim the same element of that set: it says the same whoever owns it, and ranks them by their ids. */
export function isShared(set: string): boolean {
  return set === 'cluster-ips' || set === 'hairpins';
}

/** Whether elements of that set lead to the chains of recorders, which must be there first. */
export function leadsToRecorder(set: string): boolean {
  return set === 'fresh-timeouts' || set === 'sticky-timeouts' || set === 'sticky-lookups';
}

interface Parts {
  readonly unit: Unit;
  readonly holding: Holding;
  readonly sticky: boolean;
}

function hasExternal(unit: Unit): boolean {
  return unit.nodePort !== 0 || unit.externalIPs.length > 0 || unit.vips.length > 0;
}

function internalElement({ unit, holding, sticky }: Parts, list: Class | undefined): Element {
  const key = keyOf(unit, unit.clusterIP);
  const rank = `0 ${unit.id}`;
  if (unit.internal === 'reject') return { set: 'rejected', key, value: undefined, claim: key, rank };
  if (unit.internal === 'drop' || !list) return { set: 'dropped', key, value: undefined, claim: key, rank };
  const isLocal = unit.internal === 'local';
  const value = codeText({ kind: 'internal', sticky, class: list.index, unit: holding.unit, local: isLocal });
  return { set: 'services', key, value, claim: key, rank };
}

function externalElements(parts: Parts, cluster: Class | undefined, local: Class | undefined): Element[] {
  const { unit } = parts;
  const doors = [
    ...[...new Set(unit.vips)].map((address) => ({ suffix: 'services', ...place(unit, address, '1') })),
    ...plainExternalIPs(unit).map((address) => ({ suffix: 'services', ...place(unit, address, '2') })),
    ...(unit.nodePort === 0 ? [] : [{ suffix: 'node-ports', ...nodePortPlace(unit) }]),
  ];
  return doors.flatMap(({ suffix, ...at }) => {
    if (unit.external === 'reject' || !cluster) {
      return [{ set: suffix === 'services' ? 'rejected' : 'rejected-node-ports', ...at }];
    }
    const kind: Kind = unit.external === 'cluster' ? 'always' : 'fromNode';
    const main = { set: suffix, ...at, value: code(parts, kind, cluster, false) };
    if (unit.external === 'cluster') return [main];
    return [main, { set: `local-${suffix}`, ...at, value: code(parts, 'never', local, true) }];
  });
}

/** An address may be given twice; the more special use of it wins. */
function plainExternalIPs({ externalIPs, vips, clusterIP }: Unit): string[] {
  return [...new Set(externalIPs)].filter((address) => !vips.includes(address) && address !== clusterIP);
}

/** Without a class (no endpoint on this node) the code leads to a drop. */
function code({ holding, sticky }: Parts, kind: Kind, list: Class | undefined, local: boolean): string {
  return codeText({ kind, sticky: sticky && !!list, class: list?.index ?? 0, local, unit: holding.unit });
}

const words = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const;

function place(
  unit: Unit,
  address: string,
  rank: string,
): Pick<Element, 'key' | 'claim' | 'rank'> & { key: string } {
  const key = keyOf(unit, address);
  return { key, claim: key, rank: `${rank} ${unit.id}` };
}

function keyOf(unit: Unit, address: string): string {
  return `${address} . ${words[unit.protocol]} . ${unit.port}`;
}

function nodePortPlace(unit: Unit): Pick<Element, 'key' | 'claim' | 'rank'> & { key: string } {
  const key = `${words[unit.protocol]} . ${unit.nodePort}`;
  return { key, claim: key, rank: unit.id };
}

function firewallElements(unit: Unit, nodeIps: readonly string[]): Element[] {
  if (unit.sourceRanges.length === 0) return [];
  return unit.vips.flatMap((vip) => {
    const ranges = allowedRanges(unit.sourceRanges, vip, nodeIps);
    if (ranges === 'all') return [];
    const at = place(unit, vip, '1');
    return [
      { set: 'guarded', ...at },
      ...ranges.map((range) => ({ set: 'allowed', ...at, key: `${range} . ${at.key}` })),
    ];
  });
}

/** Adds in place: a list may have thousands of endpoints. */
function addListElements(
  all: Element[],
  { holding, sticky }: Parts,
  { endpoints, ids }: List,
  local: boolean,
): void {
  for (let slot = 0; slot < endpoints.length; slot++) {
    const key = slotKey(slot, holding.unit, local);
    const value = endpoints[slot];
    if (!sticky) {
      all.push({ set: 'endpoints', key, value, claim: undefined, rank: undefined });
      continue;
    }
    const lasting = slotKey(ids[slot] ?? 0, holding.unit, local);
    all.push({ set: 'sticky-slots', key, value: lasting });
    all.push({ set: 'sticky-endpoints', key: lasting, value });
  }
}

/** Pods of this node that may get a connection of their own back. */
function addHairpins(all: Element[], unit: Unit): void {
  const addresses = new Set<string>();
  for (const list of [unit.cluster, unit.local]) {
    for (const { address, maybeLocal } of list) if (maybeLocal) addresses.add(address);
  }
  for (const address of addresses) {
    const key = `${address} . ${address}`;
    all.push({ set: 'hairpins', key, value: undefined, claim: key, rank: unit.id });
  }
}

/** The recorders that a unit's lists need beside the default one. */
export function recordersOf(unit: Unit, allocator: Allocator): { list: number; recorder: Recorder }[] {
  const seconds = unit.affinitySeconds;
  const holding = allocator.peek(unit.id);
  if (seconds === undefined || !holding) return [];
  const lists = [
    ...(holding.cluster.endpoints.length > 0 ? [holding.unit] : []),
    ...(holding.local.endpoints.length > 0 ? [holding.unit + bits.local] : []),
  ];
  return lists
    .map((list) => ({ list, recorder: recorderFor(unit.family, list, seconds) }))
    .filter(({ recorder }) => recorder !== defaultRecorder);
}

function recorderElements(unit: Unit, allocator: Allocator): Element[] {
  return recordersOf(unit, allocator).flatMap(({ list, recorder: { suffix, ownMap } }) => [
    { set: 'fresh-timeouts', key: hex(list), value: `goto remember${suffix}` },
    ownMap
      ? { set: 'sticky-lookups', key: hex(list), value: `goto lookup${suffix}` }
      : { set: 'sticky-timeouts', key: hex(list), value: `goto refresh${suffix}` },
  ]);
}
