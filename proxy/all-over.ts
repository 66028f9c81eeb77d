/**
 * Resolves with the results when all work is over; throws the first failure, but no sooner. What one family still writes after the
 * other has failed would otherwise reach the kernel in the midst of the next turn, or after it.
 */
export async function allOver<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
