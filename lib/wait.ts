import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, WorkshopError } from './errors.ts';

export interface WaitOptions {
  /** What is waited for, in words that complete "waiting for …". */
  what: string;
  timeoutMs: number;
  /** Pause between two looks. Default 50 ms. */
  intervalMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Looks again and again until `condition` gives something other than undefined, null or false; returns that.
 * A condition that throws counts as "not yet". Throws WorkshopError `timeout` that names the last thing seen.
 */
export async function waitFor<T>(
  condition: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  options: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  let last: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) throw tooLate(options, last);
    await delay(options.intervalMs ?? 50, undefined, { signal: options.signal });
  }
}

function tooLate(options: WaitOptions, last: unknown): WorkshopError {
  const seen = last === undefined ? '' : `; last error: ${messageOf(last)}`;
  const seconds = options.timeoutMs / 1000;
  return new WorkshopError(
    'timeout',
    `could not wait longer for ${options.what}: ${seconds} s passed${seen}`,
    {
      cause: last,
    },
  );
}
