import { WorkshopError } from '../../../lib/errors.ts';
import { limits } from './layout.ts';
import { noEntries, type Slots, setSlots } from './slots.ts';

/** What a unit holds in the table as long as it lives. */
export interface Holding {
  readonly unit: number;
  readonly cluster: List;
  readonly local: List;
}

/** One of a unit's two lists of endpoints. */
export interface List extends Slots {
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
  #bySize = new Map<number, Pool>();
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
    for (const list of [holding.cluster, holding.local]) if (list.class) this.#leave(list.class);
  }

  /** Makes a list hold these endpoints, and moves it to a class for its size; it stays where it is when that still fits. */
  fill(list: List, endpoints: readonly string[], sticky: boolean): Class | undefined {
    setSlots(list, endpoints, this.#ids);
    const size = list.endpoints.length;
    const now = list.class;
    if (now?.size === size && now.sticky === sticky) return now;
    if (now) this.#leave(now);
    list.class = size === 0 ? undefined : this.#join(size, sticky);
    return list.class;
  }

  #list(): List {
    return { endpoints: noEntries, ids: noEntries, class: undefined };
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

  #leave(one: Class): void {
    one.users--;
    if (one.users === 0) this.#pool(one.size, one.sticky).idle.push(one);
  }

  #pool(size: number, sticky: boolean): Pool {
    const key = sticky ? -size : size;
    const known = this.#bySize.get(key);
    if (known) return known;
    const fresh = { all: [], idle: [], turn: 0 };
    this.#bySize.set(key, fresh);
    return fresh;
  }

  /** A class of that size that nobody uses, else a new one while the pool of counters lasts, else each of them in turn. */
  #join(size: number, sticky: boolean): Class {
    const pool = this.#pool(size, sticky);
    const joined =
      pool.idle.pop() ??
      (this.#mayAdd(size, pool) ? this.#add(size, sticky, pool) : pool.all[pool.turn++ % pool.all.length]);
    if (!joined) throw new Error(`no class for ${size} endpoints`);
    joined.users++;
    return joined;
  }

  #mayAdd(size: number, { all }: Pool): boolean {
    if (all.length === 0) return true;
    if (this.#scheduler === 'random' || size === 1) return false;
    return this.#extra < poolSize && all.length < Math.max(8, Math.floor(slotBudget / size));
  }

  #add(size: number, sticky: boolean, pool: Pool): Class {
    // Class 0 means "drop".
    const fresh = { index: this.classes.length + 1, size, sticky, counter: pool.all.length, users: 0 };
    if (fresh.index >= limits.classes) throw new Error('more than 2047 different numbers of endpoints');
    if (pool.all.length > 0) this.#extra++;
    pool.all.push(fresh);
    this.classes.push(fresh);
    return fresh;
  }
}

/** The classes of one size. */
interface Pool {
  readonly all: Class[];
  readonly idle: Class[];
  turn: number;
}

/** Counters beyond the first of each size; the rest of the 2047 classes stays for other sizes. */
const poolSize = 1024;
/** A class chain has a map with one element a slot; so many of them may one size spend on counters. */
const slotBudget = 1024;
