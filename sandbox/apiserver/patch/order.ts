import { isRecord } from '../decode/object.ts';

/** Tells whether an item has the same merge key as `item`. */
export function byKey(mergeKey: string, item: Record<string, unknown>): (entry: unknown) => boolean {
  return (entry) => isRecord(entry) && entry[mergeKey] === item[mergeKey];
}

/**
 * Sorts a merged list as `$setElementOrder` asks. Items that only the server has keep their place before those that
 * followed them in `original` (strategicpatch: normalizeElementOrder).
 */
export function orderLike(
  merged: readonly unknown[],
  original: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const idOf = (entry: unknown) => (mergeKey !== undefined && isRecord(entry) ? entry[mergeKey] : entry);
  const wanted = order.map(idOf);
  const originalIds = original.map(idOf);
  const listed = merged.filter((entry) => wanted.includes(idOf(entry)));
  listed.sort((a, b) => wanted.indexOf(idOf(a)) - wanted.indexOf(idOf(b)));
  const others = merged.filter((entry) => !wanted.includes(idOf(entry)));
  const place = (entry: unknown) => originalIds.indexOf(idOf(entry));
  const result: unknown[] = [];
  for (const entry of listed) {
    const limit = place(entry);
    while (limit >= 0 && others.length > 0 && place(others[0]) < limit) result.push(others.shift());
    result.push(entry);
  }
  return [...result, ...others];
}
