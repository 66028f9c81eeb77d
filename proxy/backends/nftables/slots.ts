import { limits } from './layout.ts';

/**
 * Places 0 … size-1 for the endpoints of one list (texts), each with the lasting id of the endpoint in that place. Two plain lists
 * and no objects: a cluster has a quarter of a million of them.
 */
export interface Slots {
  endpoints: readonly string[];
  ids: readonly number[];
}

/** A list that is empty yet; never written to. */
export const noEntries: readonly never[] = [];

/**
 * Makes the list hold exactly these endpoints, which have no doubles. An endpoint that stays keeps its place as long as the list does
 * not shrink: a gone one's place is taken by the newcomers, then by the last ones, so that a change costs as many map elements as
 * endpoints changed. Ids come from `ids`, shared by all lists, and are not reused for a long while: affinity records name endpoints
 * by id, and a record of a gone endpoint must not fit its successor.
 */
export function setSlots(slots: Slots, endpoints: readonly string[], ids: { next: number }): void {
  const wanted = endpoints.length > limits.slots ? endpoints.slice(0, limits.slots) : endpoints;
  if (same(slots.endpoints, wanted)) return;
  const list = { endpoints: [...slots.endpoints], ids: [...slots.ids] };
  if (list.endpoints.length === 0) append(list, wanted, ids);
  else change(list, wanted, ids);
  Object.assign(slots, list);
}

interface List {
  readonly endpoints: string[];
  readonly ids: number[];
}

function change(list: List, endpoints: readonly string[], ids: { next: number }): void {
  const wanted = new Set(endpoints);
  const present = new Set(list.endpoints);
  const coming = endpoints.filter((endpoint) => !present.has(endpoint)).reverse();
  for (let slot = 0; slot < list.endpoints.length; slot++) {
    if (wanted.has(list.endpoints[slot] ?? '')) continue;
    const next = coming.pop();
    if (next !== undefined) {
      list.endpoints[slot] = next;
      list.ids[slot] = takeId(ids, list.ids);
    } else if (!moveLastInto(list, slot, wanted)) break;
  }
  append(list, coming.reverse(), ids);
}

function append(list: List, endpoints: readonly string[], ids: { next: number }): void {
  for (const endpoint of endpoints) {
    list.endpoints.push(endpoint);
    list.ids.push(takeId(ids, list.ids));
  }
}

/** Fills a hole with the last endpoint that stays; cuts off those behind it that go. False when the list ends at the hole. */
function moveLastInto({ endpoints, ids }: List, hole: number, wanted: ReadonlySet<string>): boolean {
  for (;;) {
    const last = endpoints.pop();
    const id = ids.pop();
    if (last === undefined || id === undefined || endpoints.length <= hole) return false;
    if (!wanted.has(last)) continue;
    endpoints[hole] = last;
    ids[hole] = id;
    return true;
  }
}

function takeId(ids: { next: number }, taken: readonly number[]): number {
  do ids.next = (ids.next + 1) % limits.slots;
  while (taken.length < limits.slots && taken.includes(ids.next));
  return ids.next;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((endpoint, i) => endpoint === b[i]);
}
