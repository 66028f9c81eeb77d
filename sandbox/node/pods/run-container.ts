import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../../lib/errors.ts';
import { attemptProbe } from '../probes/attempt.ts';
import { startProbes } from '../probes/prober.ts';
import { type LiveContainer, StartFault } from '../runtime/container.ts';
import { runInContainer } from '../runtime/enter.ts';
import { ConfigFault } from './container-env.ts';
import { endContainer } from './end-container.ts';
import { launchContainer } from './launch.ts';
import { type Container, longName } from './pod.ts';
import { pullImage } from './pull-image.ts';
import { type PodUnit, podEvent, saveRecord } from './unit.ts';

/** Gets a container to run: image, back-off, start, probes, hook. What stands in the way becomes its waiting reason. */
export async function runContainer(unit: PodUnit, container: Container): Promise<void> {
  if (isBackingOff(unit, container)) return;
  const image = await pullImage(unit, container);
  if (!image) return;
  try {
    podEvent(unit, 'Normal', 'Created', `Container created`, container.name);
    await launchContainer(unit, container, image);
    podEvent(unit, 'Normal', 'Started', `Container started`, container.name);
    unit.waiting.delete(container.name);
  } catch (error) {
    if (error instanceof ConfigFault) {
      podEvent(unit, 'Warning', 'Failed', `Error: ${error.message}`, container.name);
      unit.waiting.set(container.name, { reason: 'CreateContainerConfigError', message: error.message });
      unit.request(10_000);
      return;
    }
    if (!(error instanceof StartFault)) throw error;
    podEvent(unit, 'Warning', 'Failed', `Error: ${error.message}`, container.name);
    unit.waiting.set(container.name, { reason: 'RunContainerError', message: error.message });
  }
  const live = unit.live.get(container.name);
  if (live) superviseContainer(unit, container, live);
}

/** Watches over a container that runs: its probes now, its record when it ends. */
export function superviseContainer(unit: PodUnit, container: Container, live: LiveContainer): void {
  beginProbes(unit, container, live);
  void startHook(unit, container, live);
  void live.exited.then((exitCode) => {
    unit.probes.get(container.name)?.stop();
    unit.probes.delete(container.name);
    unit.live.delete(container.name);
    noteExit(unit, container, exitCode);
    unit.request();
  });
}

function isBackingOff(unit: PodUnit, container: Container): boolean {
  const exit = unit.record.containers[container.name]?.exit;
  if (!exit) return false;
  const key = `container/${container.name}`;
  const wait = unit.backOff.remaining(key, Date.parse(exit.finishedAt));
  if (wait <= 0) {
    unit.backOff.next(key);
    return false;
  }
  const pod = longName(unit.pod);
  if (unit.waiting.get(container.name)?.reason !== 'CrashLoopBackOff') {
    const text = `Back-off restarting failed container ${container.name} in pod ${pod}`;
    podEvent(unit, 'Warning', 'BackOff', text, container.name);
  }
  const message = `back-off ${duration(unit.backOff.delayOf(key))} restarting failed container=${container.name} pod=${pod}`;
  unit.waiting.set(container.name, { reason: 'CrashLoopBackOff', message });
  unit.request(wait);
  return true;
}

/** As Go prints a duration: 10s, 1m20s. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

function noteExit(unit: PodUnit, container: Container, exitCode: number): void {
  const record = unit.record.containers[container.name];
  if (!record || record.exit) return;
  const failed = unit.waiting.get(container.name);
  const startFailed = failed?.reason === 'RunContainerError';
  const message = startFailed ? failed.message : terminationMessage(unit, container);
  record.exit = {
    id: record.id,
    exitCode,
    reason: startFailed ? 'StartError' : exitCode === 0 ? 'Completed' : 'Error',
    ...(message && { message }),
    startedAt: startFailed ? new Date(0).toISOString() : record.startedAt,
    finishedAt: new Date().toISOString(),
  };
  delete record.process;
  if (startFailed) unit.waiting.delete(container.name);
  saveRecord(unit);
}

function terminationMessage(unit: PodUnit, container: Container): string {
  try {
    return readFileSync(join(unit.paths.container(container.name), 'termination-log'), 'utf8').slice(0, 4096);
  } catch {
    return '';
  }
}

function beginProbes(unit: PodUnit, container: Container, live: LiveContainer): void {
  const record = unit.record.containers[container.name];
  if (!record) return;
  const target = {
    address: unit.record.address ?? '',
    container,
    exec: async (command: readonly string[], timeoutMs: number) => {
      if (!live.process) return { success: false, output: 'the container is not running' };
      const { exitCode, output } = await runInContainer(live.process, record, command, timeoutMs);
      const late = exitCode === 137 || exitCode === 124;
      const text = late ? `command timed out: ${JSON.stringify(command.join(' '))}` : output;
      return { success: exitCode === 0, output: text };
    },
  };
  const title = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' };
  const probes = startProbes({
    container,
    startedAt: Date.parse(record.startedAt),
    attempt: (probe, signal) => attemptProbe(probe, target, signal),
    onChange: () => unit.request(),
    onFailure: (kind, { output }) => {
      podEvent(unit, 'Warning', 'Unhealthy', `${title[kind]} probe failed: ${output}`, container.name);
    },
    onVerdict: (kind) => {
      const spec = kind === 'liveness' ? container.livenessProbe : container.startupProbe;
      const again = unit.pod.spec?.restartPolicy === 'Never' ? '' : ', will be restarted';
      const graceSeconds =
        spec?.terminationGracePeriodSeconds ?? unit.pod.spec?.terminationGracePeriodSeconds ?? 30;
      const message = `Container ${container.name} failed ${kind} probe${again}`;
      void endContainer(unit, container, { graceSeconds, message });
    },
  });
  unit.probes.set(container.name, probes);
}

async function startHook(unit: PodUnit, container: Container, live: LiveContainer): Promise<void> {
  const command = container.lifecycle?.postStart?.exec?.command;
  const record = unit.record.containers[container.name];
  if (!command || !record || !live.process) return;
  try {
    const { exitCode, output } = await runInContainer(live.process, record, command, 86_400_000);
    if (exitCode === 0) return;
    throw new Error(`exited with ${exitCode}: ${output}`);
  } catch (error) {
    const text = `PostStartHook failed: ${messageOf(error)}`;
    podEvent(unit, 'Warning', 'FailedPostStartHook', text, container.name);
    await endContainer(unit, container, { graceSeconds: 30, message: `FailedPostStartHook` });
  }
}
