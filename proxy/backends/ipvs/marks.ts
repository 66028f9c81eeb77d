import { WorkshopError } from '../../../lib/errors.ts';

/**
 * Numbers for units under policy Local: a packet from outside gets its unit's number as its mark, and the kernel has a virtual
 * server for that mark. They fill bits 0 to 13 and begin in the middle, for others who use such virtual servers count from 1.
 */
export const markRange = { first: 0x2000, last: 0x3fff } as const;

/** Gives out marks; a unit keeps its own as long as it lives. */
export class Marks {
  #byUnit = new Map<string, number>();
  #taken = new Set<number>();
  #next: number = markRange.first;

  /** Marks in the kernel that must not get another meaning at once: they are given to others last. */
  constructor(reserved: Iterable<number> = []) {
    for (const mark of reserved) this.#taken.add(mark);
  }

  of(unit: string): number {
    const known = this.#byUnit.get(unit);
    if (known !== undefined) return known;
    const mark = this.#free();
    this.assign(unit, mark);
    return mark;
  }

  /** Gives a unit the mark that it had in an earlier run. */
  assign(unit: string, mark: number): void {
    this.#byUnit.set(unit, mark);
    this.#taken.add(mark);
  }

  release(unit: string): void {
    const mark = this.#byUnit.get(unit);
    this.#byUnit.delete(unit);
    if (mark !== undefined) this.#taken.delete(mark);
  }

  #free(): number {
    const size = markRange.last - markRange.first + 1;
    for (let i = 0; i < size; i++) {
      const mark = this.#next;
      this.#next = mark === markRange.last ? markRange.first : mark + 1;
      if (!this.#taken.has(mark)) return mark;
    }
    throw new WorkshopError(
      'environment',
      `could not number another Service under policy Local: ${size} are in use`,
    );
  }
}
