/**
 * Like Promise.all, but it throws the first failure no sooner than all work is over: what the rest still does would otherwise come after
 * its caller has gone on.
 */
export async function allOver<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
