import type { Family } from '../lib/ip.ts';
import type { Log } from '../lib/log.ts';
import type { Backend } from './backends/backend.ts';
import { addressesOf } from './conntrack/stale.ts';
import { unitsOf } from './model/resolve.ts';
import type { Dirty, Store } from './model/store.ts';
import type { Unit } from './model/unit.ts';

/** The proxy's work in one address family: turns what changed in the store into units, and hands them to the backend. */
export interface Driver {
  readonly family: Family;
  /** Brings the kernel up to date. Throws when that fails; it is whole again only after a `full` one. */
  sync(dirty: Dirty, full: boolean, signal: AbortSignal): Promise<DriverResult>;
  units(): Iterable<Unit>;
  /** How many units a policy Local leaves without an endpoint on this node. */
  readonly missingLocals: Readonly<MissingLocals>;
  readonly backend: Backend;
}

export interface MissingLocals {
  internal: number;
  external: number;
}

export interface DriverResult {
  readonly written: number;
  /** Of these, elements removed from the kernel's tables, each of which it tells of; absent when nobody counted. */
  readonly removed?: number | undefined;
  readonly kind: 'full' | 'partial' | 'nothing';
  /** UDP addresses whose flows may be stale now: those of units that changed, or that are gone. */
  readonly udp: { readonly changed: boolean; readonly gone: ReadonlySet<string> };
}

export function createDriver(family: Family, store: Store, backend: Backend, log: Log): Driver {
  /** By Service key; the units as they were given to the backend last. */
  const known = new Map<string, readonly Unit[]>();
  const missingLocals: MissingLocals = { internal: 0, external: 0 };

  function resolve(key: string): readonly Unit[] {
    const service = store.service(key);
    return service ? unitsOf(service, store.slicesOf(key), store.node, family) : [];
  }

  /** All units anew, made while somebody goes through them: what they are made for need not wait for the last one. */
  function* refreshAll(): Generator<Unit> {
    known.clear();
    Object.assign(missingLocals, { internal: 0, external: 0 });
    for (const [key] of store.services()) {
      const units = resolve(key);
      remember(key, units);
      yield* units;
    }
  }

  function remember(key: string, units: readonly Unit[]): void {
    countMissing(known.get(key) ?? [], -1);
    countMissing(units, 1);
    if (units.length > 0) known.set(key, units);
    else known.delete(key);
  }

  function countMissing(units: readonly Unit[], by: 1 | -1): void {
    for (const { internal, external } of units) {
      if (internal === 'drop') missingLocals.internal += by;
      if (external === 'local-drop') missingLocals.external += by;
    }
  }

  function partial(keys: Iterable<string>) {
    const gone: Unit[] = [];
    const changed: Unit[] = [];
    for (const key of keys) {
      const before = known.get(key) ?? [];
      const now = resolve(key);
      const ids = new Set(now.map(({ id }) => id));
      gone.push(...before.filter(({ id }) => !ids.has(id)));
      changed.push(...now);
      remember(key, now);
    }
    return { gone, changed };
  }

  return {
    family,
    backend,
    units: () => [...known.values()].flat(),
    missingLocals,
    async sync(dirty, full, signal) {
      if (full) {
        const before = [...known.values()].flat();
        const units = refreshAll();
        const { written } = await backend.sync({ kind: 'full', node: store.node, units }, signal);
        return {
          written,
          kind: 'full',
          udp: udpOf(before, [...known.values()].flat(), store.node.addresses),
        };
      }
      const keys = dirty.all ? new Set([...known.keys(), ...storeKeys(store)]) : dirty.services;
      const { gone, changed } = partial(keys);
      if (gone.length === 0 && changed.length === 0) return noResult;
      const ids = gone.map(({ id }) => id);
      const { written, removed } = await backend.sync({ kind: 'partial', gone: ids, units: changed }, signal);
      log.debug('units written', { family, gone: gone.length, changed: changed.length, written });
      return { written, removed, kind: 'partial', udp: udpOf(gone, changed, store.node.addresses) };
    },
  };
}

export const noResult: DriverResult = {
  written: 0,
  removed: 0,
  kind: 'nothing',
  udp: { changed: false, gone: new Set() },
};

function* storeKeys(store: Store): Iterable<string> {
  for (const [key] of store.services()) yield key;
}

function udpOf(
  gone: readonly Unit[],
  changed: readonly Unit[],
  nodeIps: readonly string[],
): DriverResult['udp'] {
  const isUdp = ({ protocol }: Unit) => protocol === 'UDP';
  return {
    changed: gone.some(isUdp) || changed.some(isUdp),
    gone: new Set(gone.filter(isUdp).flatMap((unit) => addressesOf(unit, nodeIps))),
  };
}
