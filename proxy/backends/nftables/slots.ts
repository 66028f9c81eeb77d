import { limits } from './layout.ts';

/** Places 0 … size-1 for the endpoints of one list. An endpoint that stays keeps its place as long as the list does not shrink. */
export interface Slots {
  readonly size: number;
  /** Makes the list hold exactly these endpoints (texts, without doubles). */
  set(endpoints: readonly string[]): void;
  /** Endpoint and its lasting id, by slot. */
  entries(): readonly { readonly endpoint: string; readonly id: number }[];
}

interface Entry {
  endpoint: string;
  id: number;
}

/**
 * A list with stable places: a gone endpoint's place is taken by the newcomers, then by the last ones, so that a change costs as
 * many map elements as endpoints changed. Ids come from `ids`, shared by all lists, and are not reused for a long while:
 * affinity records name endpoints by id, and a record of a gone endpoint must not fit its successor.
 */
export function createSlots(ids: { next: number }): Slots {
  const entries: Entry[] = [];
  return {
    get size() {
      return entries.length;
    },
    set(endpoints) {
      if (same(entries, endpoints)) return;
      const wanted = new Set(endpoints.slice(0, limits.slots));
      const fresh = [...wanted];
      const present = new Set(entries.map(({ endpoint }) => endpoint));
      const coming = fresh.filter((endpoint) => !present.has(endpoint)).reverse();
      for (let slot = 0; slot < entries.length; slot++) {
        const entry = entries[slot];
        if (!entry || wanted.has(entry.endpoint)) continue;
        const next = coming.pop();
        if (next !== undefined) entries[slot] = { endpoint: next, id: takeId(ids, entries) };
        else if (!moveLastInto(entries, slot, wanted)) break;
      }
      while (coming.length > 0) {
        entries.push({ endpoint: coming.pop() ?? '', id: takeId(ids, entries) });
      }
    },
    entries: () => entries,
  };
}

/** Fills a hole with the last endpoint that stays; cuts off those behind it that go. False when the list ends at the hole. */
function moveLastInto(entries: Entry[], hole: number, wanted: ReadonlySet<string>): boolean {
  for (;;) {
    const last = entries.pop();
    if (!last || entries.length <= hole) return false;
    if (!wanted.has(last.endpoint)) continue;
    entries[hole] = last;
    return true;
  }
}

function takeId(ids: { next: number }, entries: readonly Entry[]): number {
  do ids.next = (ids.next + 1) % limits.slots;
  while (entries.length < limits.slots && entries.some(({ id }) => id === ids.next));
  return ids.next;
}

function same(entries: readonly Entry[], endpoints: readonly string[]): boolean {
  return entries.length === endpoints.length && entries.every(({ endpoint }, i) => endpoint === endpoints[i]);
}
