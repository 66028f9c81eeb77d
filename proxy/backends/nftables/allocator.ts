import { WorkshopError } from '../../../lib/errors.ts';
import { limits } from './layout.ts';
import { createSlots, type Slots } from './slots.ts';

/** What a unit holds in the table as long as it lives. */
export interface Holding {
  readonly unit: number;
  readonly cluster: List;
  readonly local: List;
}

/** One of a unit's two lists of endpoints. */
export interface List {
  readonly slots: Slots;
  /** The class it is in now; undefined while it is empty. */
  class: Class | undefined;
}

/** One way to pick from a list: out of `size` slots, by a counter of its own. Its chain is shared by all lists in the class. */
export interface Class {
  readonly index: number;
  readonly size: number;
  readonly sticky: boolean;
  /** Number of the counter among those for lists of this size. */
  readonly counter: number;
  users: number;
}

/**
 * Gives out unit numbers, classes and slots. Deterministic: the same calls give the same numbers.
 * `rr` gives each list a counter of its own as long as there are counters (docs/decisions/0003-rotation.md).
 */
export class Allocator {
  readonly classes: Class[] = [];
  #scheduler: 'rr' | 'random';
  #holdings = new Map<string, Holding>();
  #freeUnits: number[] = [];
  #nextUnit = 1;
  #bySize = new Map<string, Class[]>();
  #extra = 0;
  #ids = { next: 0 };

  constructor(scheduler: 'rr' | 'random') {
    this.#scheduler = scheduler;
  }

  holding(id: string): Holding {
    const known = this.#holdings.get(id);
    if (known) return known;
    const fresh = { unit: this.#takeUnit(), cluster: this.#list(), local: this.#list() };
    this.#holdings.set(id, fresh);
    return fresh;
  }

  peek(id: string): Holding | undefined {
    return this.#holdings.get(id);
  }

  /** Numbers of gone units come back last, so that what the kernel remembers of one is unlikely to meet another. */
  release(id: string): void {
    const holding = this.#holdings.get(id);
    if (!holding) return;
    this.#holdings.delete(id);
    this.#freeUnits.push(holding.unit);
    for (const list of [holding.cluster, holding.local]) if (list.class) list.class.users--;
  }

  /** Moves a list to a class for its present size; it stays where it is when that still fits. */
  classify(list: List, sticky: boolean): Class | undefined {
    const size = list.slots.size;
    const now = list.class;
    if (now?.size === size && now.sticky === sticky) return now;
    if (now) now.users--;
    list.class = size === 0 ? undefined : this.#join(size, sticky);
    return list.class;
  }

  #list(): List {
    return { slots: createSlots(this.#ids), class: undefined };
  }

  #takeUnit(): number {
    if (this.#nextUnit < limits.units) return this.#nextUnit++;
    const free = this.#freeUnits.shift();
    if (free === undefined) {
      throw new WorkshopError(
        'environment',
        `could not number another Service port: ${limits.units} are in use`,
      );
    }
    return free;
  }

  /** The least used class of that size; a new one while it would be shared and the pool of counters lasts. */
  #join(size: number, sticky: boolean): Class {
    const key = `${sticky}/${size}`;
    const known = this.#bySize.get(key) ?? [];
    this.#bySize.set(key, known);
    const best = known.reduce<Class | undefined>((a, b) => (a && a.users <= b.users ? a : b), undefined);
    const joined =
      best && (best.users === 0 || !this.#mayAdd(size, known.length)) ? best : this.#add(size, sticky);
    joined.users++;
    return joined;
  }

  #mayAdd(size: number, have: number): boolean {
    if (this.#scheduler === 'random' || size === 1) return false;
    return this.#extra < poolSize && have < Math.max(8, Math.floor(slotBudget / size));
  }

  #add(size: number, sticky: boolean): Class {
    const list = this.#bySize.get(`${sticky}/${size}`) ?? [];
    // Class 0 means "drop".
    const fresh = { index: this.classes.length + 1, size, sticky, counter: list.length, users: 0 };
    if (fresh.index >= limits.classes) throw new Error('more than 2047 different numbers of endpoints');
    if (list.length > 0) this.#extra++;
    list.push(fresh);
    this.classes.push(fresh);
    return fresh;
  }
}

/** Counters beyond the first of each size; the rest of the 2047 classes stays for other sizes. */
const poolSize = 1024;
/** A class chain has a map with one element a slot; so many of them may one size spend on counters. */
const slotBudget = 1024;
