/** When a runner runs; all in milliseconds. */
export interface RunnerTiming {
  /** Least time from the end of one run to the start of the next. */
  minMs: number;
  /** After a failed run, the next one comes after this long at the latest. */
  retryMs: number;
  /** A run comes at least this often, asked for or not. */
  maxMs: number;
}

export interface Clock {
  now(): number;
  setTimer(callback: () => void, ms: number): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer: (callback, ms) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export interface Runner {
  /** Asks for a run soon. Requests that arrive before it starts are served by the same run. */
  request(): void;
  /** Ends it: no run starts any more; resolves when the one under way is over. */
  stop(): Promise<void>;
}

/**
 * Runs `task` serially: on request, again after a failure, and periodically. Nothing runs before the first request.
 * `task` throws to say that it failed; `onError` hears of it.
 */
export function createRunner(
  task: () => Promise<void>,
  timing: RunnerTiming,
  onError: (error: unknown) => void,
  clock: Clock = systemClock,
): Runner {
  let cancelTimer: (() => void) | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let lastEnd = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  function schedule(at: number): void {
    if (stopped || at >= dueAt) return;
    cancelTimer?.();
    dueAt = at;
    cancelTimer = clock.setTimer(start, Math.max(0, at - clock.now()));
  }

  function start(): void {
    dueAt = Number.POSITIVE_INFINITY;
    cancelTimer = undefined;
    again = false;
    running = runOnce().finally(() => {
      running = undefined;
    });
  }

  async function runOnce(): Promise<void> {
    let next = timing.maxMs;
    try {
      await task();
    } catch (error) {
      next = Math.min(timing.retryMs, timing.maxMs);
      onError(error);
    }
    lastEnd = clock.now();
    schedule(lastEnd + (again ? timing.minMs : Math.max(next, timing.minMs)));
  }

  return {
    request() {
      if (running) again = true;
      else schedule(Math.max(clock.now(), lastEnd + timing.minMs));
    },
    async stop() {
      stopped = true;
      cancelTimer?.();
      await running;
    },
  };
}
