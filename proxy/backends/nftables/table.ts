import { type Element, isShared } from './elements.ts';

/** Elements that have to leave the kernel's table and such that have to enter it. A new value is a delete and an add. */
export interface Delta {
  readonly remove: readonly Element[];
  readonly add: readonly Element[];
}

/**
 * What the sets and maps of one kernel table should hold, by the unit that put it there. When several units want the same key
 * (two Services with one external IP, …) the claimant of the smallest rank has it, and the next one gets it when that one goes.
 */
export class Table {
  #units = new Map<string, readonly Element[] | (() => readonly Element[])>();
  #contested = false;
  /** Claimants, in order of rank; a plain string while there is but one, as there almost always is. */
  #claims = new Map<string, string | Claimant[]>();

  /** Replaces all that a unit put in. */
  put(unit: string, elements: readonly Element[]): Delta {
    const old = this.#elements(unit);
    const touched = this.#rivals(unit, [...old, ...elements]);
    const before = this.#live(touched);
    for (const element of old) this.#withdraw(unit, element);
    if (elements.length > 0) this.#units.set(unit, elements);
    else this.#units.delete(unit);
    for (const element of elements) this.#claim(unit, element);
    for (const rival of this.#rivals(unit, elements)) touched.add(rival);
    return difference(before, this.#live(touched));
  }

  /**
   * Like put for a unit that is not there yet, when nobody asks what changes: for the first filling. The elements are not kept but
   * made `again` when they are needed, since most units never change. Returns those that no unit before has.
   */
  load(unit: string, elements: readonly Element[], again: () => readonly Element[]): readonly Element[] {
    this.#units.set(unit, again);
    let fresh: Element[] | undefined;
    let seen = 0;
    for (const element of elements) {
      seen++;
      const { claim } = element;
      const holders = claim === undefined ? undefined : this.#claims.get(claim);
      if (holders === undefined || holders === unit) {
        // The first of its kind, as almost always: one look is enough, which counts with ten thousand Services.
        if (claim !== undefined) this.#claims.set(claim, unit);
        fresh?.push(element);
        continue;
      }
      if (!isShared(element.set)) this.#contested = true;
      this.#claim(unit, element);
      fresh ??= elements.slice(0, seen - 1);
    }
    return fresh ?? elements;
  }

  /** Whether units were loaded that want the same key for different ends, so that what `load` returned is not what should be. */
  get contested(): boolean {
    return this.#contested;
  }

  /** Makes the elements of a loaded unit, before what they are made of changes. */
  keep(unit: string): void {
    const elements = this.#units.get(unit);
    if (typeof elements === 'function') this.#units.set(unit, elements());
  }

  units(): Iterable<string> {
    return this.#units.keys();
  }

  /** All elements that should be in the kernel, by set. */
  all(): Map<string, Element[]> {
    const found = new Map<string, Element[]>();
    for (const unit of this.#units.keys()) {
      for (const element of this.#elements(unit)) {
        if (!this.#owns(unit, element)) continue;
        const list = found.get(element.set);
        if (list) list.push(element);
        else found.set(element.set, [element]);
      }
    }
    return found;
  }

  #elements(unit: string): readonly Element[] {
    const elements = this.#units.get(unit) ?? [];
    return typeof elements === 'function' ? elements() : elements;
  }

  #rivals(unit: string, elements: readonly Element[]): Set<string> {
    const rivals = new Set([unit]);
    for (const { claim } of elements) {
      const holders = claim === undefined ? undefined : this.#claims.get(claim);
      if (typeof holders === 'string') rivals.add(holders);
      else for (const { unit: rival } of holders ?? []) rivals.add(rival);
    }
    return rivals;
  }

  #live(units: ReadonlySet<string>): Map<string, Element> {
    const live = new Map<string, Element>();
    for (const unit of units) {
      for (const element of this.#elements(unit)) {
        if (this.#owns(unit, element)) live.set(`${element.set} ${element.key}`, element);
      }
    }
    return live;
  }

  #owns(unit: string, { claim }: Element): boolean {
    if (claim === undefined) return true;
    const holders = this.#claims.get(claim);
    return typeof holders === 'string' ? holders === unit : holders?.[0]?.unit === unit;
  }

  #claim(unit: string, { claim, rank, set }: Element): void {
    if (claim === undefined) return;
    const holders = this.#claims.get(claim);
    if (holders === undefined || holders === unit) {
      this.#claims.set(claim, unit);
      return;
    }
    const list = typeof holders === 'string' ? [this.#claimant(holders, claim, set)] : holders;
    if (list.some((one) => one.unit === unit)) return;
    list.push({ unit, rank: rank ?? '' });
    list.sort((a, b) => (a.rank < b.rank ? -1 : 1));
    this.#claims.set(claim, list);
  }

  #claimant(unit: string, claim: string, set: string): Claimant {
    if (isShared(set)) return { unit, rank: unit };
    const element = this.#elements(unit).find((one) => one.claim === claim);
    return { unit, rank: element?.rank ?? '' };
  }

  #withdraw(unit: string, { claim }: Element): void {
    if (claim === undefined) return;
    const holders = this.#claims.get(claim);
    if (holders === unit) this.#claims.delete(claim);
    if (holders === undefined || typeof holders === 'string') return;
    const rest = holders.filter((one) => one.unit !== unit);
    const [only] = rest;
    if (!only) this.#claims.delete(claim);
    else this.#claims.set(claim, rest.length === 1 ? only.unit : rest);
  }
}

interface Claimant {
  readonly unit: string;
  readonly rank: string;
}

function difference(before: ReadonlyMap<string, Element>, after: ReadonlyMap<string, Element>): Delta {
  const remove: Element[] = [];
  const add: Element[] = [];
  for (const [key, element] of before) {
    const now = after.get(key);
    if (!now || now.value !== element.value) remove.push(element);
  }
  for (const [key, element] of after) {
    const old = before.get(key);
    if (!old || old.value !== element.value) add.push(element);
  }
  return { remove, add };
}

/** Several deltas as one. What one unit gives up and another takes in the same sync is in both lists, in this order. */
export function mergeDeltas(deltas: readonly Delta[]): Delta {
  const removed = new Map<string, Element>();
  const added = new Map<string, Element>();
  for (const { remove, add } of deltas) {
    for (const element of remove) {
      const key = `${element.set} ${element.key}`;
      if (!added.delete(key)) removed.set(key, element);
    }
    for (const element of add) added.set(`${element.set} ${element.key}`, element);
  }
  return { remove: [...removed.values()], add: [...added.values()] };
}
