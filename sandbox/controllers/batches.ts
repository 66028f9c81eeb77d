/** No more requests than this are under way at once. */
const widest = 32;

/**
 * Does something for each item, 1 at first, then 2, 4, 8 … at a time: a request that the server refuses is not sent five
 * hundred times (upstream: slowStartBatch). Throws the first failure, after its batch is over.
 */
export async function inBatches<T>(
  items: readonly T[],
  action: (item: T) => Promise<unknown>,
): Promise<void> {
  let size = 1;
  for (let start = 0; start < items.length; start += size) {
    if (start > 0) size = Math.min(2 * size, widest);
    const results = await Promise.allSettled(items.slice(start, start + size).map(action));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}
