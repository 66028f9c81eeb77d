/** Timers by key: of several for one key the earliest counts. */
export interface Delays {
  set(key: string, ms: number): void;
  clear(): void;
}

/** The longest delay that a Node.js timer can do. */
const longestMs = 2 ** 31 - 1;

/** Timers by key; `fire` is called with the key once its time has come, and the earliest time counts. */
export function createDelays(fire: (key: string) => void): Delays {
  const timers = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  return {
    set(key, ms) {
      const at = performance.now() + ms;
      const waiting = timers.get(key);
      if (waiting && waiting.at <= at) return;
      clearTimeout(waiting?.timer);
      const timer = setTimeout(
        () => {
          timers.delete(key);
          fire(key);
        },
        Math.min(ms, longestMs),
      );
      timers.set(key, { at, timer });
    },
    clear() {
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
