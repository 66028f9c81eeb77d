import type { Unit } from '../../model/unit.ts';
import { type Chains, unitChains } from './chains.ts';
import { type Door, type SharedRule, unitDoors } from './doors.ts';
import type { Place } from './options.ts';

/** What changes in the kernel when some units do. */
export interface Delta {
  /** Chains to create, or to empty and fill anew, leaves first. */
  readonly write: Map<string, readonly string[]>;
  readonly remove: Set<string>;
  readonly insert: SharedRule[];
  readonly erase: SharedRule[];
}

/** What the units are to have in the kernel. Chains belong to one unit; addresses may be claimed by several. */
export class Ledger {
  readonly #place: Place;
  readonly #chains = new Map<string, Chains>();
  readonly #claimants = new Map<string, Door[]>();
  readonly #doors = new Map<string, readonly Door[]>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** Takes over the new form of some units, and the end of others. Resolves with the difference. */
  change(gone: readonly string[], units: readonly Unit[]): Delta {
    const delta: Delta = { write: new Map(), remove: new Set(), insert: [], erase: [] };
    const before = new Map<string, Door | undefined>();
    for (const id of gone) this.#put(id, new Map(), [], delta, before);
    for (const unit of units) {
      this.#put(unit.id, unitChains(unit, this.#place), unitDoors(unit, this.#place), delta, before);
    }
    for (const [claim, old] of before) moved(old, this.#claimants.get(claim)?.[0], delta);
    return delta;
  }

  /** All chains of Services. */
  *chains(): Iterable<readonly [string, readonly string[]]> {
    for (const chains of this.#chains.values()) yield* chains;
  }

  /** All rules in shared chains, sorted by claim. */
  sharedRules(): SharedRule[] {
    const claims = [...this.#claimants].sort(([a], [b]) => (a < b ? -1 : 1));
    return claims.flatMap(([, [door]]) => door?.rules ?? []);
  }

  #put(
    id: string,
    chains: Chains,
    doors: readonly Door[],
    delta: Delta,
    before: Map<string, Door | undefined>,
  ) {
    const old = this.#chains.get(id) ?? new Map<string, readonly string[]>();
    for (const name of old.keys()) if (!chains.has(name)) delta.remove.add(name);
    for (const [name, rules] of chains) {
      const had = old.get(name);
      if (!had || !sameRules(had, rules)) delta.write.set(name, rules);
      delta.remove.delete(name);
    }
    for (const { claim } of this.#doors.get(id) ?? []) this.#leave(claim, id, before);
    for (const door of doors) this.#join(door, before);
    if (chains.size === 0 && doors.length === 0) {
      this.#chains.delete(id);
      this.#doors.delete(id);
    } else {
      this.#chains.set(id, chains);
      this.#doors.set(id, doors);
    }
  }

  #leave(claim: string, id: string, before: Map<string, Door | undefined>): void {
    const list = this.#claimants.get(claim) ?? [];
    if (!before.has(claim)) before.set(claim, list[0]);
    const left = list.filter(({ rank }) => rank !== id && !rank.endsWith(` ${id}`));
    if (left.length > 0) this.#claimants.set(claim, left);
    else this.#claimants.delete(claim);
  }

  #join(door: Door, before: Map<string, Door | undefined>): void {
    const list = this.#claimants.get(door.claim) ?? [];
    if (!before.has(door.claim)) before.set(door.claim, list[0]);
    const all = [...list, door].sort((a, b) => (a.rank < b.rank ? -1 : 1));
    this.#claimants.set(door.claim, all);
  }
}

function sameRules(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((rule, i) => rule === b[i]);
}

/** An address changed hands, or what its holder does with it did. */
function moved(old: Door | undefined, now: Door | undefined, { insert, erase }: Delta): void {
  const key = ({ table, chain, rule }: SharedRule) => `${table} ${chain} ${rule}`;
  const had = new Set(old?.rules.map(key));
  const has = new Set(now?.rules.map(key));
  insert.push(...(now?.rules ?? []).filter((rule) => !had.has(key(rule))));
  erase.push(...(old?.rules ?? []).filter((rule) => !has.has(key(rule))));
}
