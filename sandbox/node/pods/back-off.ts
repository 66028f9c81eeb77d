/** Delays between attempts at something that fails again and again, one series for each key. As client-go's Backoff. */
export interface BackOff {
  /** Milliseconds still to wait after a failure at `since` (epoch milliseconds); 0 when the next attempt may start. */
  remaining(key: string, since: number): number;
  /** Notes an attempt: the next one waits twice as long, unless all went well for a while. */
  next(key: string): void;
  /** The present delay of a key in milliseconds. */
  delayOf(key: string): number;
}

const firstMs = 10_000;
const longestMs = 300_000;

/** 10 s, doubled each time up to five minutes; forgotten when nothing failed for ten minutes. */
export function createBackOff(now: () => number = Date.now): BackOff {
  const entries = new Map<string, { delayMs: number; updated: number }>();

  const current = (key: string, at: number) => {
    const entry = entries.get(key);
    return entry && at - entry.updated <= 2 * longestMs ? entry : undefined;
  };

  return {
    remaining(key, since) {
      const entry = current(key, since);
      return entry ? Math.max(0, entry.delayMs - (now() - since)) : 0;
    },
    next(key) {
      const entry = current(key, now());
      const delayMs = entry ? Math.min(longestMs, entry.delayMs * 2) : firstMs;
      entries.set(key, { delayMs, updated: now() });
    },
    delayOf: (key) => entries.get(key)?.delayMs ?? 0,
  };
}
