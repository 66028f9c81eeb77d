import { Allocator } from '../../../../proxy/backends/nftables/allocator.ts';
import { type Element, elementsOf } from '../../../../proxy/backends/nftables/elements.ts';
import { bits } from '../../../../proxy/backends/nftables/layout.ts';
import { Table } from '../../../../proxy/backends/nftables/table.ts';
import type { Unit } from '../../../../proxy/model/unit.ts';

/** Sets and maps as the kernel would have them after the deltas; refuses what the kernel refuses. Follows look-ups as its rules do. */
export class KernelModel {
  readonly #allocator = new Allocator('rr');
  readonly #table = new Table();
  readonly #sets = new Map<string, string | undefined>();

  /** Brings in the units of these Services (`namespace/name`), or of all. */
  sync(units: readonly Unit[], services: ReadonlySet<string> | undefined): void {
    const ids = new Set(units.map(({ id }) => id));
    for (const id of [...this.#table.units()]) {
      if (ids.has(id)) continue;
      this.#apply(this.#table.put(id, []));
      this.#allocator.release(id);
    }
    for (const unit of units) {
      if (services && !services.has(`${unit.namespace}/${unit.name}`)) continue;
      this.#apply(this.#table.put(unit.id, elementsOf(unit, this.#allocator, ['192.168.56.11'])));
    }
    this.#compare();
  }

  /** Where each door leads: its endpoints, or what happens instead. */
  answers(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const [key, value] of this.#sets) {
      const [set = '', door = ''] = split(key);
      if (set === 'rejected' || set === 'rejected-node-ports') found[door] = 'reject';
      if (set === 'dropped') found[door] = 'drop';
      if (set === 'services' || set === 'node-ports') found[door] = this.#door(set, door, Number(value));
    }
    return found;
  }

  #apply({ remove, add }: { remove: readonly Element[]; add: readonly Element[] }): void {
    for (const { set, key } of remove) {
      if (!this.#sets.delete(`${set} ${key}`)) throw new Error(`no such element: ${set} ${key}`);
    }
    for (const { set, key, value } of add) {
      if (this.#sets.has(`${set} ${key}`)) throw new Error(`element exists: ${set} ${key}`);
      this.#sets.set(`${set} ${key}`, value);
    }
  }

  #compare(): void {
    const all = [...this.#table.all().values()].flat().map(({ set, key, value }) => `${set} ${key} ${value}`);
    const have = [...this.#sets].map(([key, value]) => `${key} ${value}`);
    if (all.sort().join('\n') !== have.sort().join('\n')) throw new Error('deltas and whole differ');
  }

  #door(set: string, door: string, code: number): string {
    const kind = ['', ' always', ' fromNode', ' never'][code >>> 30] ?? '';
    const outside = this.#sets.get(`local-${set} ${door}`);
    const tail =
      kind === ' fromNode' ? `, outside ${outside === undefined ? '?' : this.#list(Number(outside))}` : '';
    return this.#list(code) + kind + tail;
  }

  #list(code: number): string {
    const index = (code & bits.class) >>> 18;
    if (index === 0) return 'drop';
    const chosen = this.#allocator.classes[index - 1];
    const sticky = (code & bits.sticky) !== 0;
    if (!chosen || chosen.sticky !== sticky) throw new Error(`no class ${index}`);
    const list = code & bits.list;
    const endpoints = Array.from({ length: chosen.size }, (_, slot) => this.#endpoint(slot, list, sticky));
    return endpoints.sort().join(',') + (sticky ? ` sticky ${this.#timeout(list)}` : '');
  }

  #endpoint(slot: number, list: number, sticky: boolean): string {
    const key = hexOf(slot, list);
    if (!sticky) return this.#sets.get(`endpoints ${key}`) ?? `nothing at ${key}`;
    return this.#sets.get(`sticky-endpoints ${this.#sets.get(`sticky-slots ${key}`)}`) ?? `nothing at ${key}`;
  }

  #timeout(list: number): string {
    return this.#sets.get(`fresh-timeouts 0x${list.toString(16)}`)?.replace('goto remember-', '') ?? '10800';
  }
}

function split(key: string): [string, string] {
  const space = key.indexOf(' ');
  return [key.slice(0, space), key.slice(space + 1)];
}

function hexOf(slot: number, list: number): string {
  return `0x${(slot * 2 ** 18 + list).toString(16)}`;
}
