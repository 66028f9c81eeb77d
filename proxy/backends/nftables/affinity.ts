import type { Unit } from '../../model/unit.ts';
import { printTable } from '../nft-tables.ts';
import type { Allocator } from './allocator.ts';
import type { Element } from './elements.ts';
import { bits, hex, slotKey } from './layout.ts';
import { elementsIn, listMap, listTable, type NftObject, type ReadElement } from './read.ts';
import { recorderFor } from './sticky-chains.ts';

/** Which client was sent where, in terms that outlive a new numbering of the table. */
export interface AffinityRecord {
  readonly client: string;
  /** `address . protocol . port` of the unit's cluster IP. */
  readonly service: string;
  readonly local: boolean;
  /** `address . port`. */
  readonly endpoint: string;
  readonly timeout: number;
  readonly expires: number;
}

/** Reads the affinity records of a table that this program or an earlier run of it made. None when there is no such table. */
export async function readAffinity(
  ip: string,
  table: string,
  signal?: AbortSignal,
): Promise<AffinityRecord[]> {
  const affinity =
    ip === 'ip' ? await listMap(ip, table, 'affinity', signal) : await readOwnMaps(table, signal);
  if (!affinity || affinity.length === 0) return [];
  const services = (await listMap(ip, table, 'services', signal)) ?? [];
  const endpoints = (await listMap(ip, table, 'sticky-endpoints', signal)) ?? [];
  return decode(affinity, services, endpoints);
}

/** IPv6 has a map for each list, named after it; its records in the form of the one map of IPv4. */
async function readOwnMaps(table: string, signal?: AbortSignal): Promise<ReadElement[]> {
  const listOf = (object: NftObject) => /^affinity-([0-9a-f]+)$/.exec(String(object['map']?.['name']))?.[1];
  const maps = await printTable({ family: 'ip6', name: table }, signal);
  if (!maps?.includes('\n\tmap affinity-')) return [];
  return ((await listTable('ip6', table, signal)) ?? []).flatMap((object) => {
    const list = listOf(object);
    if (list === undefined) return [];
    return elementsIn(object).map((element) => ({ ...element, key: `${element.key} . 0x${list}` }));
  });
}

function decode(
  affinity: readonly ReadElement[],
  services: readonly ReadElement[],
  endpoints: readonly ReadElement[],
): AffinityRecord[] {
  const serviceOf = new Map<number, string[]>();
  for (const { key, value } of services) {
    const unit = Number(value) & bits.unit;
    serviceOf.set(unit, [...(serviceOf.get(unit) ?? []), key]);
  }
  const endpointOf = new Map(endpoints.map(({ key, value }) => [key, value ?? '']));
  return affinity.flatMap(({ key, value, timeout, expires }) => {
    const [client = '', list = ''] = key.split(' . ');
    const endpoint = endpointOf.get(value ?? '');
    if (endpoint === undefined) return [];
    return (serviceOf.get(Number(list) & bits.unit) ?? []).map((service) => ({
      client,
      service,
      local: (Number(list) & bits.local) !== 0,
      endpoint,
      timeout: timeout ?? mapTimeout,
      expires: expires ?? 1,
    }));
  });
}

/** The map's own timeout, which listings leave out: 3 h. */
const mapTimeout = 10_800;

/** The records as elements of the new table, for those whose unit and endpoint are still there. */
export function affinityElements(
  records: readonly AffinityRecord[],
  units: readonly Unit[],
  allocator: Allocator,
): Element[] {
  const byService = new Map(
    units
      .filter((unit) => unit.affinitySeconds !== undefined)
      .map((unit) => [`${unit.clusterIP} . ${unit.protocol.toLowerCase()} . ${unit.port}`, unit]),
  );
  return records.flatMap((record) => {
    const unit = byService.get(record.service);
    const holding = unit && allocator.peek(unit.id);
    const list = holding?.[record.local ? 'local' : 'cluster'];
    const id = list?.ids[list.endpoints.indexOf(record.endpoint)];
    if (!unit || !holding || id === undefined) return [];
    const seconds = unit.affinitySeconds ?? record.timeout;
    const expires = Math.max(1, Math.min(record.expires, seconds));
    const number = holding.unit + (record.local ? bits.local : 0);
    const { map, ownMap } = recorderFor(unit.family, number, seconds);
    const client = ownMap ? record.client : `${record.client} . ${hex(number)}`;
    return [
      {
        set: map,
        key: `${client} timeout ${seconds}s expires ${expires}s`,
        value: slotKey(id, holding.unit, record.local),
      },
    ];
  });
}
