import type { AnyObject } from './objects.ts';
import { versionOf } from './store.ts';

/** Remembers what was written for a key, until the store has seen it: nothing is created twice because a watch lags. */
export interface Written {
  /** The server's answer to a write made for this key. */
  note(key: string, answer: AnyObject): void;
  /** False while the store has not yet seen the last write of the key. */
  seen(key: string): boolean;
}

/** After so long a write counts as seen: the object may have come and gone while the watch was broken. */
const patienceMs = 5000;

/**
 * Takes the place of upstream's expectations (pkg/controller/controller_utils.go): one watch delivers in the order of
 * resource versions, so a store that is as new as the last write has seen that write.
 */
export function trackWrites(
  store: { version(): number },
  now: () => number = () => performance.now(),
): Written {
  const last = new Map<string, { version: number; at: number }>();
  return {
    note(key, answer) {
      const version = Math.max(versionOf(answer), last.get(key)?.version ?? 0);
      last.set(key, { version, at: now() });
    },
    seen(key) {
      const write = last.get(key);
      if (write && write.version > store.version() && now() - write.at < patienceMs) return false;
      last.delete(key);
      return true;
    },
  };
}
