import { isDeepStrictEqual } from 'node:util';
import { ask, follow } from '../../lib/cluster/control.ts';
import { type ControlPlane, embedded, readControlPlane } from '../../lib/cluster/control-plane.ts';
import { supervisorOf } from '../../lib/cluster/lock.ts';
import { type ClusterRecord, isRunning, readRecord } from '../../lib/cluster/record.ts';
import { isAbort, WorkshopError } from '../../lib/errors.ts';
import { type ClusterPaths, clusterPaths, stateFolder } from '../../lib/paths.ts';
import { waitFor } from '../../lib/wait.ts';
import type { Context } from '../cli/command.ts';
import { requireMachine } from '../doctor/require.ts';
import { stopSupervisor } from '../down/stop.ts';
import { chooseControlPlane, wantedControlPlane } from './control-plane.ts';
import { type Started, spawnSupervisor } from './spawn.ts';

export interface Up {
  record: ClusterRecord;
  paths: ClusterPaths;
  /** False when it was up before. */
  fresh: boolean;
}

/**
 * Brings the cluster up, or waits for the one that is coming up, and resolves when it is ready. When it was this call that
 * started it and it is interrupted or fails, nothing is left running. Throws WorkshopError `environment` or `timeout`.
 */
export async function startCluster(context: Context, publish: readonly number[] = []): Promise<Up> {
  const paths = clusterPaths(context.name, stateFolder(context.env));
  if (await supervisorOf(paths.root)) return join(context, paths, publish);
  await requireMachine(context.signal);
  const controlPlane = await chooseControlPlane(context, paths);
  context.signal.throwIfAborted();
  const started = spawnSupervisor(context, paths, { publish, controlPlane });
  try {
    const record = await ready(context, paths, started);
    return { record, paths, fresh: true };
  } catch (error) {
    const holder = await supervisorOf(paths.root);
    if (holder && holder.pid !== started.identity?.pid && !context.signal.aborted) {
      // Another `up` was quicker by a moment.
      return join(context, paths, publish);
    }
    if (started.identity) await stopSupervisor(started.identity);
    throw error;
  }
}

/** Somebody else's cluster, up or coming up. */
async function join(context: Context, paths: ClusterPaths, publish: readonly number[]): Promise<Up> {
  const record = (await readyAlready(paths)) ?? (await ready(context, paths));
  if (!isDeepStrictEqual(record.settings, JSON.parse(JSON.stringify(context.settings)))) {
    context.progress.warn(
      'the cluster runs with other settings than these; to use these, first: workshop down',
    );
  }
  const wanted = wantedControlPlane(context);
  if (wanted !== undefined && wanted !== (readControlPlane(paths) ?? embedded).kind) {
    context.progress.warn(`the cluster runs without the ${wanted} control plane; first: workshop down`);
  }
  const missing = publish.filter((port) => !record.published.includes(port));
  if (missing.length > 0) {
    context.progress.warn(
      `the cluster runs already, without port ${missing.join(', ')}; first: workshop down --keep-state`,
    );
  }
  return { record, paths, fresh: false };
}

async function readyAlready(paths: ClusterPaths): Promise<ClusterRecord | undefined> {
  const answer = await ask(paths.controlSocket, { op: 'status' }).catch(() => undefined);
  return answer?.ready ? readRecord(paths.record) : undefined;
}

const defaultTimeoutMs: Readonly<Record<ControlPlane['kind'], number>> = {
  embedded: 120_000,
  // Ten times as much for the processor to do as for ours.
  kubernetes: 300_000,
};

async function ready(context: Context, paths: ClusterPaths, started?: Started): Promise<ClusterRecord> {
  const kind = wantedControlPlane(context) ?? readControlPlane(paths)?.kind ?? 'embedded';
  const timeoutMs = context.timeoutMs ?? defaultTimeoutMs[kind];
  const giveUp = AbortSignal.timeout(timeoutMs);
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, giveUp, over.signal]);
  try {
    await Promise.race([followSteps(context, paths, signal), started?.failed ?? never]);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!giveUp.aborted && !isAbort(error)) throw error;
    throw await tooLate(paths, timeoutMs);
  } finally {
    over.abort();
  }
  const record = readRecord(paths.record);
  if (!isRunning(record))
    throw new WorkshopError('environment', 'could not start the cluster: it ended at once');
  return record;
}

/** Names the components that are not ready yet: one that keeps ending will not get there with more time. */
async function tooLate(paths: ClusterPaths, timeoutMs: number): Promise<WorkshopError> {
  const answer = await ask(paths.controlSocket, { op: 'status' }, AbortSignal.timeout(3000)).catch(
    () => undefined,
  );
  const late = (answer?.components ?? [])
    .filter(({ ready: isReady }) => !isReady)
    .map(({ name, restarts, lastExit }) =>
      restarts > 0 ? `${name} (ended ${restarts} times: ${lastExit})` : name,
    );
  const seen = late.length > 0 ? `; not ready: ${late.join(', ')}` : '';
  return new WorkshopError(
    'timeout',
    `could not wait longer than ${timeoutMs / 1000} s for the cluster${seen}`,
    {
      advice: `--timeout 5m, or look into ${paths.logs}`,
    },
  );
}

const never = new Promise<never>(() => {});

/** Shows the sandbox's steps until it is ready. */
async function followSteps({ progress }: Context, paths: ClusterPaths, signal: AbortSignal): Promise<void> {
  const steps = await waitFor(
    async () => {
      const events = follow(paths.controlSocket, signal);
      return { first: await events.next(), events };
    },
    { what: 'the sandbox to answer', timeoutMs: 600_000, intervalMs: 20, signal },
  );
  for (let next = steps.first; !next.done; next = await steps.events.next()) {
    const { step, state, ms = 0, error } = next.value;
    if (state === 'started') progress.started(step);
    else if (state === 'done') progress.done(step, ms);
    else {
      progress.failed(step, ms);
      throw new WorkshopError('environment', `could not bring up the ${step}: ${error}`, {
        advice: `workshop doctor, or look into ${paths.logs}`,
      });
    }
  }
}
