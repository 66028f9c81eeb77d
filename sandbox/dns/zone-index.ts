import { ancestorsOf } from './names.ts';
import type { ZoneRecord } from './record.ts';

/** Records by name, kept per source so that one Service can be replaced without touching the others. */
export interface ZoneIndex {
  /** The records of a source, in place of those it had; an empty list forgets it. */
  replace(source: string, records: readonly ZoneRecord[]): void;
  /** All records of a name, which is in lower case. */
  find(name: string): readonly ZoneRecord[];
  /** Whether the name has records, or names below it have (an empty non-terminal, RFC 8020). */
  exists(name: string): boolean;
  size(): number;
}

/** The records of the zone by name, kept by the object that each comes from; empty at first. */
export function createZoneIndex(): ZoneIndex {
  const bySource = new Map<string, readonly ZoneRecord[]>();
  const byName = new Map<string, ZoneRecord[]>();
  const below = new Map<string, number>();

  function add(record: ZoneRecord): void {
    byName.set(record.name, [...(byName.get(record.name) ?? []), record]);
    for (const name of ancestorsOf(record.name)) below.set(name, (below.get(name) ?? 0) + 1);
  }

  function remove(record: ZoneRecord): void {
    const left = (byName.get(record.name) ?? []).filter((other) => other !== record);
    if (left.length > 0) byName.set(record.name, left);
    else byName.delete(record.name);
    for (const name of ancestorsOf(record.name)) {
      const count = (below.get(name) ?? 0) - 1;
      if (count > 0) below.set(name, count);
      else below.delete(name);
    }
  }

  return {
    replace(source, records) {
      for (const record of bySource.get(source) ?? []) remove(record);
      for (const record of records) add(record);
      if (records.length > 0) bySource.set(source, records);
      else bySource.delete(source);
    },
    find: (name) => byName.get(name) ?? [],
    exists: (name) => byName.has(name) || below.has(name),
    size: () => byName.size,
  };
}
