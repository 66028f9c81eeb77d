import { allOver } from '../lib/all-over.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { createFlowCleaner } from './conntrack/cleaner.ts';
import { type Driver, type DriverResult, noResult } from './driver.ts';
import type { Health } from './health/health.ts';
import { localReady } from './health/local-ready.ts';
import type { ServiceHealth } from './health/service-health.ts';
import { createLooks } from './looks.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Dirty, Store } from './model/store.ts';
import type { Mode } from './plan.ts';
import type { Takeover } from './takeover.ts';

export interface SyncParts {
  readonly store: Store;
  readonly takeover: Takeover;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly serviceHealth: ServiceHealth;
  /** Events since the last sync; set back to 0 by each. */
  readonly counted: { services: number; endpoints: number };
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Asks for a turn. */
  readonly ask: () => void;
}

export interface Sync {
  /** One turn of the proxy: everything that changed since the last turn goes into the kernel, or nothing and an error is thrown. */
  turn(): Promise<void>;
  /** Something of ours was removed from the kernel. May ask for a turn, which looks through the rules when nothing else is to be done. */
  noticed(): void;
  close(): void;
}

export function createSync(parts: SyncParts): Sync {
  const { store, takeover, metrics, health, log } = parts;
  const cleanFlows = createFlowCleaner(parts);
  let needFull = true;
  let nodeWritten = '';
  let pending: Dirty = nothing;
  const looks = createLooks(parts.ask);

  /** Resolves with the number of elements that were removed, undefined when nobody counted. */
  async function turn(): Promise<number | undefined> {
    const started = performance.now();
    const startedAt = health.now();
    pending = merge(pending, store.take());
    const node = JSON.stringify([store.node.addresses, store.node.podCIDRs]);
    const turn = { pending, full: needFull || node !== nodeWritten };
    const done = await write(parts, turn).catch((error: unknown) => {
      needFull = true;
      health.queued();
      metrics.failed(modeOf(takeover));
      throw new Error(`could not write the rules: ${messageOf(error)}`, { cause: error });
    });
    if (!done) {
      health.synced(startedAt);
      return 0;
    }
    const { results, full } = done;
    const ms = performance.now() - started;
    report(parts, { full, first: nodeWritten === '', ms, pending, results });
    needFull = false;
    nodeWritten = node;
    pending = nothing;
    health.synced(startedAt);
    parts.serviceHealth.update(localReady(store));
    reportMissingLocals(driversOf(takeover), metrics);
    for (const [driver, { udp }] of results) await cleanFlows(driver, udp, full);
    await takeover.sweep(parts.signal);
    for (const { backend } of driversOf(takeover)) await backend.settle(parts.signal);
    log.debug('turn over', { ms: Math.round(performance.now() - started) });
    return results.reduce((sum, [, { removed = Number.NaN }]) => sum + removed, 0);
  }

  return {
    async turn() {
      looks.began();
      let removed: number | undefined;
      try {
        removed = await turn();
      } finally {
        looks.ended(removed);
      }
    },
    noticed: looks.noticed,
    close: looks.close,
  };
}

const nothing: Dirty = { all: false, services: new Set(), triggeredAt: [] };

type Results = readonly (readonly [Driver, DriverResult])[];

interface Due {
  readonly pending: Dirty;
  readonly full: boolean;
}

/** Resolves with undefined when there was nothing to do. */
async function write(parts: SyncParts, { pending, full }: Due): Promise<Done | undefined> {
  const { takeover, signal } = parts;
  const taken = await takeover.takeOver(signal);
  const drivers = driversOf(takeover);
  if (taken)
    return { full: true, results: drivers.map((driver, i) => [driver, taken[i] ?? noResult] as const) };
  const idle = !pending.all && pending.services.size === 0 && !full;
  if (idle && !(await hasDrifted(parts))) return undefined;
  const results = await allOver(
    drivers.map(async (driver) => [driver, await writeOne(parts, driver, pending, full || idle)] as const),
  );
  return { full: full || idle, results };
}

interface Done {
  readonly full: boolean;
  readonly results: Results;
}

function driversOf({ engine }: Takeover): readonly Driver[] {
  return engine?.drivers ?? [];
}

/** The mode at work, or else the one that is to be. */
function modeOf(takeover: Takeover): Mode {
  const { mode, asked } = takeover.state();
  return mode ?? asked.mode;
}

async function writeOne(
  parts: SyncParts,
  driver: Driver,
  pending: Dirty,
  full: boolean,
): Promise<DriverResult> {
  const { log, metrics, signal, takeover } = parts;
  if (full) return await driver.sync(pending, true, signal);
  try {
    return await driver.sync(pending, false, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    // Most likely somebody removed or changed our table: build it anew at once instead of after the sync period.
    log.warn('partial sync failed, doing a full one', { family: driver.family, error });
    metrics.failed(modeOf(takeover));
    metrics.drift();
    return await driver.sync(pending, true, signal);
  }
}

async function hasDrifted({ takeover, metrics, log, signal }: SyncParts): Promise<boolean> {
  for (const driver of driversOf(takeover)) {
    const difference = await driver.backend.verify(signal);
    metrics.checked();
    if (difference === undefined) continue;
    log.warn('the table was changed by somebody else, writing it anew', {
      family: driver.family,
      difference,
    });
    metrics.drift();
    return true;
  }
  return false;
}

interface Turn {
  readonly full: boolean;
  readonly first: boolean;
  readonly ms: number;
  readonly pending: Dirty;
  readonly results: Results;
}

function report({ metrics, counted, log }: SyncParts, { full, first, ms, pending, results }: Turn): void {
  metrics.synced(full ? 'full' : 'partial', ms / 1000);
  metrics.changes(counted);
  Object.assign(counted, { services: 0, endpoints: 0 });
  // Before the first sync, changes are as old as the cluster.
  if (!first) for (const at of pending.triggeredAt) metrics.programmed(Math.max(0, Date.now() - at) / 1000);
  const written = results.reduce((sum, [, result]) => sum + result.written, 0);
  const fields = { kind: full ? 'full' : 'partial', services: pending.services.size, written };
  log[full ? 'info' : 'debug']('synced', { ...fields, ms: Math.round(ms) });
}

function merge(a: Dirty, b: Dirty): Dirty {
  return {
    all: a.all || b.all,
    services: new Set([...a.services, ...b.services]),
    triggeredAt: [...a.triggeredAt, ...b.triggeredAt],
  };
}

function reportMissingLocals(drivers: readonly Driver[], metrics: Metrics): void {
  for (const policy of ['internal', 'external'] as const) {
    const counts = drivers.map(({ missingLocals }) => missingLocals[policy]);
    metrics.noLocalEndpoints(
      policy,
      counts.reduce((sum, count) => sum + count, 0),
    );
  }
}
