import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/errors.ts';
import { CheckFailure } from '../check-failure.ts';
import type { Lab } from '../lab.ts';

/** What one look saw: the thing waited for, or, in words, what is there instead. */
export type Look<T> = { found: T } | { yet: string };

export interface UntilOptions {
  /** What should come to be, in words. */
  expected: string;
  look?: string;
  /** At a sandbox's pace. Default 20 s. */
  timeoutMs?: number;
  /** Pause between two looks, at a sandbox's pace: looks would keep a slow cluster from its work. Default 100 ms. */
  intervalMs?: number;
}

/** Looks until it is found; returns it. Throws CheckFailure with the last thing seen when the time is up. */
export async function until<T>(
  lab: Pick<Lab, 'signal' | 'pace'>,
  probe: () => Promise<Look<T>>,
  options: UntilOptions,
): Promise<T> {
  const { pace = 1 } = lab;
  const intervalMs = (options.intervalMs ?? 100) * pace;
  const timeoutMs = (options.timeoutMs ?? 20_000) * pace;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    lab.signal.throwIfAborted();
    const seen = await probe().catch((error: unknown): Look<T> => {
      if (lab.signal.aborted) throw error;
      return { yet: messageOf(error) };
    });
    if ('found' in seen) return seen.found;
    if (performance.now() >= deadline) {
      const observed = `${seen.yet}, ${timeoutMs / 1000} s long`;
      throw new CheckFailure({ expected: options.expected, observed, look: options.look });
    }
    await delay(intervalMs, undefined, { signal: lab.signal });
  }
}
