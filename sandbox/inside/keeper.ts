import { setTimeout as delay } from 'node:timers/promises';
import type { ComponentStatus } from '../../lib/cluster/components.ts';
import type { Log } from '../../lib/log.ts';
import { identify } from '../../lib/process-identity.ts';
import { waitFor } from '../../lib/wait.ts';
import type { ComponentSpec } from './component.ts';
import { adopt, launch, type Running } from './launch.ts';

/** Keeps one component running. */
export interface Keeper {
  readonly spec: ComponentSpec;
  status(): Omit<ComponentStatus, 'ready'>;
  /** Starts it, unless it runs. */
  start(): void;
  /** Ends it and leaves it so. Resolves when it is gone; after `graceMs` it is killed. */
  stop(graceMs?: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts the component again whenever it ends: at once when it has run for a while, else with a growing delay. A process that
 * an earlier inner supervisor has started is taken over as it is.
 */
export function createKeeper(spec: ComponentSpec, log: Log): Keeper {
  let running: Running | undefined;
  let loop: Promise<void> | undefined;
  let stopping = new AbortController();
  let restarts = 0;
  let lastExit: string | undefined;

  async function keep(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      const started = performance.now();
      running = adopt(spec) ?? launch(spec, restarts);
      restarts = running.restarts;
      log.info('component runs', {
        component: spec.name,
        pid: running.identity?.pid,
        adopted: running.adopted,
      });
      lastExit = await running.ended;
      running = undefined;
      if (signal.aborted) return;
      restarts++;
      if (performance.now() - started > calmMs) failures = 0;
      log.warn('component ended', { component: spec.name, why: lastExit, restarts });
      await delay(backoffMs(failures), undefined, { signal }).catch(() => {});
    }
  }

  return {
    spec,
    status: () => ({
      name: spec.name,
      state: running ? 'running' : stopping.signal.aborted || !loop ? 'stopped' : 'waiting',
      pid: running?.identity?.pid,
      restarts,
      startedAt: running?.startedAt,
      lastExit,
    }),
    start() {
      if (loop && !stopping.signal.aborted) return;
      const before = loop ?? Promise.resolve();
      stopping = new AbortController();
      const { signal } = stopping;
      loop = before.then(() => keep(signal));
    },
    async stop(graceMs = 5000) {
      stopping.abort();
      this.kill('SIGTERM');
      const gone = () => running === undefined || identify(running.identity?.pid ?? 0) === undefined;
      await waitFor(gone, { what: spec.name, timeoutMs: graceMs, intervalMs: 10 }).catch(() => {
        this.kill('SIGKILL');
      });
      await loop;
    },
    kill(signal) {
      const pid = running?.identity?.pid;
      if (pid !== undefined && identify(pid)) process.kill(pid, signal);
    },
  };
}

/** A component that has run for so long begins a new life when it ends: no delay. */
const calmMs = 10_000;

function backoffMs(failures: number): number {
  return failures === 0 ? 50 : Math.min(10_000, 250 * 2 ** (failures - 1));
}
