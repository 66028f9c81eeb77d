import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../lib/errors.ts';
import { createRunner } from '../../../lib/runner.ts';
import { endContainer } from './end-container.ts';
import { type Container, isFinished, isSidecar } from './pod.ts';
import { closeSandbox, lostSandbox, preparePod } from './prepare.ts';
import { warnOfMissingSecrets } from './pull-image.ts';
import { deletePod, reportStatus } from './report.ts';
import { shouldRestart } from './restart.ts';
import { runContainer } from './run-container.ts';
import { type PodUnit, podEvent, saveRecord } from './unit.ts';
import { MountFault } from './volumes.ts';

export interface PodWorker {
  readonly unit: PodUnit;
  stop(): Promise<void>;
}

/** How long the end of this process waits for a pod's step under way. */
const patienceMs = 2000;

const timing = { minMs: 0, retryMs: 1000, maxMs: 30_000 };

/**
 * Drives one pod from what it is to what the API says it should be, one step after another: it looks whenever something
 * may have changed. `onRemoved` is called once nothing of the pod is left.
 */
export function startWorker(unit: PodUnit, onRemoved: () => void): PodWorker {
  let warned = false;
  let removed = false;

  async function look(): Promise<void> {
    if (removed) return;
    if (unit.gone || unit.pod.metadata?.deletionTimestamp) {
      if (!(await endPod(unit))) return;
      await cleanUp(unit);
      if (!unit.gone) await deletePod(unit);
      removed = true;
      onRemoved();
      return;
    }
    if (!isFinished(unit.pod)) {
      await prepare(unit);
      if (!warned) {
        warned = true;
        await warnOfMissingSecrets(unit);
      }
      await runContainers(unit);
    } else if (unit.live.size === 0 && unit.record.holder) {
      await closeSandbox(unit);
      saveRecord(unit);
    }
    await reportStatus(unit);
  }

  const runner = createRunner(look, timing, (error) => {
    unit.log.warn('pod not yet as it should be', { error: messageOf(error) });
  });
  const timers = new Set<NodeJS.Timeout>();
  unit.request = (ms = 0) => {
    if (ms <= 0) return runner.request();
    const timer = setTimeout(() => {
      timers.delete(timer);
      runner.request();
    }, ms);
    timers.add(timer);
  };
  runner.request();
  return {
    unit,
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      for (const probes of unit.probes.values()) probes.stop();
      await Promise.race([runner.stop(), delay(patienceMs, undefined, { ref: false })]);
      for (const live of unit.live.values()) live.release();
    },
  };
}

async function prepare(unit: PodUnit): Promise<void> {
  const lost = lostSandbox(unit);
  if (unit.prepared && !lost) return;
  if (lost) {
    podEvent(unit, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    for (const live of unit.live.values()) live.signal('SIGKILL');
    await Promise.all([...unit.live.values()].map((live) => live.exited));
    await closeSandbox(unit);
    saveRecord(unit);
  }
  try {
    await preparePod(unit);
  } catch (error) {
    const reason = error instanceof MountFault ? 'FailedMount' : 'FailedCreatePodSandBox';
    const text =
      error instanceof MountFault ? error.message : `Failed to create pod sandbox: ${messageOf(error)}`;
    podEvent(unit, 'Warning', reason, text);
    await reportStatus(unit);
    throw error;
  }
}

async function runContainers(unit: PodUnit): Promise<void> {
  if (!(await runInit(unit))) return;
  const due = (unit.pod.spec?.containers ?? []).filter((container) => isDue(unit, container, 'main'));
  await Promise.all(due.map((container) => runContainer(unit, container)));
}

/** Runs init containers one after the other; true when all have done their work. */
async function runInit(unit: PodUnit): Promise<boolean> {
  const mainBegan = (unit.pod.spec?.containers ?? []).some(({ name }) => unit.record.containers[name]);
  for (const container of unit.pod.spec?.initContainers ?? []) {
    const record = unit.record.containers[container.name];
    if (isSidecar(container)) {
      if (isDue(unit, container, 'init')) await runContainer(unit, container);
      if (!unit.probes.get(container.name)?.started) return false;
    } else if (!mainBegan && record?.exit?.exitCode !== 0) {
      if (isDue(unit, container, 'init')) await runContainer(unit, container);
      return false;
    }
  }
  return true;
}

function isDue(unit: PodUnit, container: Container, role: 'init' | 'main'): boolean {
  if (unit.live.has(container.name) || unit.ending.has(container.name)) return false;
  const record = unit.record.containers[container.name];
  if (!record?.exit) return true;
  return shouldRestart(unit.pod.spec?.restartPolicy, container, record.exit, role);
}

/** Ends all containers within the grace period, meanwhile reporting how far it got. True when none is left. */
async function endPod(unit: PodUnit): Promise<boolean> {
  const metadata = unit.pod.metadata;
  const graceSeconds = unit.gone
    ? 0
    : (metadata?.deletionGracePeriodSeconds ?? unit.pod.spec?.terminationGracePeriodSeconds ?? 30);
  for (const probes of unit.probes.values()) probes.quiet();
  const all = [...(unit.pod.spec?.containers ?? []), ...(unit.pod.spec?.initContainers ?? [])];
  const running = all.filter((container) => unit.live.has(container.name));
  if (running.length > 0) {
    for (const container of running) {
      if (unit.gone) unit.live.get(container.name)?.signal('SIGKILL');
      const message = `Stopping container ${container.name}`;
      void endContainer(unit, container, { graceSeconds, message }).then(() => unit.request());
    }
    killOverdue(unit);
    if (!unit.gone) await reportStatus(unit);
    return false;
  }
  return unit.ending.size === 0;
}

/** The time to end may have been shortened meanwhile (`kubectl delete --now` after `kubectl delete`). */
function killOverdue(unit: PodUnit): void {
  const due = Date.parse(unit.pod.metadata?.deletionTimestamp ?? '') + patienceMs;
  const leftMs = due - Date.now();
  if (Number.isNaN(leftMs)) return;
  if (leftMs > 0) unit.request(leftMs);
  else for (const live of unit.live.values()) live.signal('SIGKILL');
}

async function cleanUp(unit: PodUnit): Promise<void> {
  if (!unit.gone) await reportStatus(unit);
  await closeSandbox(unit);
  rmSync(unit.paths.folder, { recursive: true, force: true });
}
