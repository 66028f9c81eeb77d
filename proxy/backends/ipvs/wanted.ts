import type { Claim } from './claims.ts';
import type { KernelObject } from './objects.ts';

/** Objects by id that have to be in the kernel now; undefined: that have to go. */
export type Delta = Map<string, KernelObject | undefined>;

/** What should be in the kernel, by the unit that asks for it. Decides between units that want the same. */
export class Wanted {
  #units = new Map<string, readonly Claim[]>();
  /** Claims of one key with their units, the winner first. */
  #keys = new Map<string, { readonly unit: string; readonly claim: Claim }[]>();
  #objects = new Map<string, KernelObject>();

  /** Replaces all claims of a unit. Returns what changes by that. */
  put(unit: string, claims: readonly Claim[]): Delta {
    const delta: Delta = new Map();
    const before = this.#units.get(unit) ?? [];
    const keys = new Set([...before, ...claims].map(({ key }) => key));
    for (const key of keys) for (const { id } of this.#winner(key)) delta.set(id, undefined);
    for (const { key } of before) this.#remove(key, unit);
    for (const claim of claims) this.#insert(unit, claim);
    if (claims.length > 0) this.#units.set(unit, claims);
    else this.#units.delete(unit);
    for (const key of keys) for (const object of this.#winner(key)) delta.set(object.id, object);
    for (const [id, object] of delta) {
      if (object) this.#objects.set(id, object);
      else this.#objects.delete(id);
    }
    return delta;
  }

  has(id: string): boolean {
    return this.#objects.has(id);
  }

  objects(): ReadonlyMap<string, KernelObject> {
    return this.#objects;
  }

  #winner(key: string): readonly KernelObject[] {
    return this.#keys.get(key)?.[0]?.claim.objects ?? [];
  }

  #remove(key: string, unit: string): void {
    const rest = (this.#keys.get(key) ?? []).filter((one) => one.unit !== unit);
    if (rest.length > 0) this.#keys.set(key, rest);
    else this.#keys.delete(key);
  }

  #insert(unit: string, claim: Claim): void {
    const list = this.#keys.get(claim.key);
    // Almost always alone.
    if (!list) this.#keys.set(claim.key, [{ unit, claim }]);
    else if (!list.some((one) => one.unit === unit)) {
      list.push({ unit, claim });
      list.sort((a, b) => (a.claim.rank < b.claim.rank ? -1 : 1));
    }
  }
}
