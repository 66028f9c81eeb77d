import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { StepRef } from '../../labs/course/outline.ts';
import { inform } from '../../lib/kube/informer.ts';
import { type Resource, resources } from '../../lib/kube/resources.ts';
import { silentLog } from '../../lib/log.ts';
import type { Context } from '../cli/command.ts';
import { checkStep, type StepResult } from './check-step.ts';
import type { Course } from './course.ts';
import { openSession, type Session } from './session.ts';
import { keep, printResult } from './verify-step.ts';

/** Checks a step again and again as the cluster changes, says what is new, and ends with 0 when it is done. */
export async function watchStep(context: Context, course: Course, ref: StepRef): Promise<number> {
  const session = await openSession(context, ref);
  const over = new AbortController();
  const timeUp = context.timeoutMs === undefined ? [] : [AbortSignal.timeout(context.timeoutMs)];
  const signal = AbortSignal.any([context.signal, over.signal, ...timeUp]);
  let before: StepResult | undefined;
  try {
    for await (const result of results(session, signal)) {
      if (!isSame(before, result)) {
        await keep(course, session, result);
        printResult(context, course, session, result);
      }
      if (result.ok) return 0;
      before = result;
    }
    return 1;
  } finally {
    over.abort();
    session.close();
  }
}

/**
 * A result now, and one after each change in the lab's namespace, until the signal. What changes only in pods' processes is found
 * by looking again after a while, unless `quiet` says that now is no good time.
 */
export async function* results(
  session: Session,
  signal: AbortSignal,
  quiet: () => boolean = () => true,
): AsyncGenerator<StepResult> {
  const changes = changesIn(session, signal);
  while (!signal.aborted) {
    const from = changes.count();
    yield await checkStep(session);
    do await changes.after(from);
    while (changes.count() === from && !quiet() && !signal.aborted);
  }
}

function isSame(a: StepResult | undefined, b: StepResult): boolean {
  if (a === undefined || a.ok || b.ok) return a?.ok === b.ok;
  return isDeepStrictEqual(a.finding, b.finding);
}

interface Changes {
  count(): number;
  /** Resolves when something changed since, when it was quiet for some seconds, or at the signal. */
  after(count: number): Promise<void>;
}

const watched: readonly Resource[] = [
  resources.services,
  resources.endpointSlices,
  resources.pods,
  resources.deployments,
  resources.configMaps,
];

/** Some steps are seen in what pods answer, not in objects. */
const quietMs = 4000;
/** Changes come in bursts: endpoints follow pods, proxies follow endpoints. */
const burstMs = 300;

function changesIn({ cluster, place }: Session, signal: AbortSignal): Changes {
  let count = 0;
  let wake = () => {};
  const onChange = () => {
    count += 1;
    wake();
  };
  const client = cluster.client();
  for (const resource of watched) {
    const { namespace } = place;
    const { synced } = inform({ client, resource, namespace, log: silentLog, signal, onChange });
    // Rejected when the signal comes first, which is no news.
    synced.catch(() => {});
  }
  return {
    count: () => count,
    async after(from) {
      if (count === from) {
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([changed, pause(quietMs, signal)]);
      }
      await pause(burstMs, signal);
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
