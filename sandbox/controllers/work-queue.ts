import { isAbort } from '../../lib/errors.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../../lib/kube/api-error.ts';
import type { Log } from '../../lib/log.ts';
import { createDelays } from './delays.ts';
import { isNamespaceTerminating } from './terminating.ts';

/** What one reconciliation asks for: nothing, or to be called again after so many milliseconds. */
export type Outcome = { afterMs: number } | undefined;

export interface WorkQueueOptions {
  /** Brings the world nearer to what the object of this key asks for. Throws to be tried again with back-off. */
  reconcile: (key: string) => Promise<Outcome>;
  /** How many keys at the same time. Default 4. */
  workers?: number;
  log: Log;
  signal: AbortSignal;
  /** Delay before attempt number `failures` + 1, milliseconds. Default 5 ms doubling to 30 s. */
  backoffMs?: (failures: number) => number;
}

export interface WorkQueue {
  /** Marks a key as in need of a look. Marks that come before the look are one. */
  add(key: string): void;
  addAfter(key: string, ms: number): void;
  /** Nothing is looked at before this call. */
  start(): void;
  /** Resolves when nothing runs and nothing is waiting to run at once. */
  idle(): Promise<void>;
}

/**
 * A queue of keys: one key is never worked on twice at the same time, different keys are. A key that is added while
 * it is worked on is worked on again afterwards (the rule of client-go's workqueue).
 */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { signal, log } = options;
  const ready = new Set<string>();
  const active = new Set<string>();
  const failures = new Map<string, number>();
  const delays = createDelays(add);
  let idleWaiters: (() => void)[] = [];
  let started = false;

  signal.addEventListener('abort', stop, { once: true });

  function stop(): void {
    delays.clear();
    ready.clear();
    if (active.size === 0) settle();
  }

  function add(key: string): void {
    if (signal.aborted) return;
    ready.add(key);
    pump();
  }

  function addAfter(key: string, ms: number): void {
    if (!signal.aborted) delays.set(key, ms);
  }

  function pump(): void {
    if (!started) return;
    for (const key of ready) {
      if (active.size >= (options.workers ?? 4)) return;
      if (active.has(key)) continue;
      ready.delete(key);
      active.add(key);
      void work(key);
    }
  }

  async function work(key: string): Promise<void> {
    try {
      const outcome = await options.reconcile(key);
      failures.delete(key);
      if (outcome) addAfter(key, outcome.afterMs);
    } catch (error) {
      retry(key, error);
    }
    active.delete(key);
    pump();
    if (ready.size === 0 && active.size === 0) settle();
  }

  function retry(key: string, error: unknown): void {
    if (signal.aborted || isAbort(error) || isNamespaceTerminating(error)) return;
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    const expected = count < 5 && [isConflict, isNotFound, isAlreadyExists].some((is) => is(error));
    log[expected ? 'debug' : 'warn']('reconciliation failed', { key, error, failures: count });
    addAfter(key, (options.backoffMs ?? defaultBackoffMs)(count));
  }

  function settle(): void {
    for (const resolve of idleWaiters) resolve();
    idleWaiters = [];
  }

  return {
    add,
    addAfter,
    start() {
      started = true;
      pump();
    },
    idle() {
      if (ready.size === 0 && active.size === 0) return Promise.resolve();
      return new Promise((resolve) => idleWaiters.push(resolve));
    },
  };
}

function defaultBackoffMs(failures: number): number {
  return Math.min(30_000, 5 * 2 ** Math.min(failures - 1, 20));
}
