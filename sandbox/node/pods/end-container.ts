import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../lib/errors.ts';
import { probeHttp } from '../probes/http.ts';
import type { LiveContainer } from '../runtime/container.ts';
import { runInContainer } from '../runtime/enter.ts';
import type { Container } from './pod.ts';
import { type PodUnit, podEvent } from './unit.ts';

/**
 * Ends a running container as the kubelet does: preStop hook, SIGTERM, after the grace period SIGKILL.
 * Resolves when it is over; a second call joins the first.
 */
export function endContainer(
  unit: PodUnit,
  container: Container,
  options: { graceSeconds: number; message: string },
): Promise<void> {
  const live = unit.live.get(container.name);
  if (!live) return Promise.resolve();
  const under = unit.ending.get(container.name);
  if (under) return under;
  podEvent(unit, 'Normal', 'Killing', options.message, container.name);
  const ended = end(unit, container, live, options.graceSeconds).finally(() =>
    unit.ending.delete(container.name),
  );
  unit.ending.set(container.name, ended);
  return ended;
}

/** The least time between SIGTERM and SIGKILL, even when preStop has used up all of the grace period. */
const leastGraceMs = 2000;

async function end(
  unit: PodUnit,
  container: Container,
  live: LiveContainer,
  graceSeconds: number,
): Promise<void> {
  const deadline = Date.now() + graceSeconds * 1000;
  if (graceSeconds > 0 && container.lifecycle?.preStop) {
    await Promise.race([
      preStop(unit, container, live),
      live.exited,
      delay(graceSeconds * 1000, undefined, { ref: false }),
    ]);
  }
  live.signal('SIGTERM');
  const abort = new AbortController();
  const graceMs = graceSeconds === 0 ? 0 : Math.max(leastGraceMs, deadline - Date.now());
  const late = await Promise.race([
    live.exited.then(() => false),
    delay(graceMs, true, { signal: abort.signal }).catch(() => false),
  ]);
  abort.abort();
  if (late) live.signal('SIGKILL');
  await live.exited;
}

async function preStop(unit: PodUnit, container: Container, live: LiveContainer): Promise<void> {
  const hook = container.lifecycle?.preStop;
  const record = unit.record.containers[container.name];
  try {
    if (hook?.sleep) await delay(hook.sleep.seconds * 1000, undefined, { ref: false });
    if (hook?.exec && live.process && record) {
      const week = 7 * 86_400_000;
      const result = await runInContainer(live.process, record, hook.exec.command ?? [], week);
      if (result.exitCode !== 0) throw new Error(`command exited with ${result.exitCode}: ${result.output}`);
    }
    if (hook?.httpGet) {
      const target = { address: unit.record.address ?? '', container };
      await probeHttp(hook.httpGet, target, 30_000, unit.node.signal);
    }
  } catch (error) {
    podEvent(unit, 'Warning', 'FailedPreStopHook', `PreStopHook failed: ${messageOf(error)}`, container.name);
  }
}
