import { once } from 'node:events';
import { unwatchFile, watchFile } from 'node:fs';
import type { StepRef } from '../../labs/course/outline.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Context } from '../cli/command.ts';
import { checkStep } from '../learn/check-step.ts';
import { openCourse } from '../learn/course.ts';
import { openSession } from '../learn/session.ts';
import { keep } from '../learn/verify-step.ts';
import { results } from '../learn/watch-step.ts';
import { watchConnections } from './connections.ts';
import { createObserver } from './observer.ts';
import { drawPicture, type Picture } from './picture.ts';

/** Shows whether the step is done, and what goes on in its namespace, until the signal. Keeps that a step became done. */
export async function showLive(context: Context, signal: AbortSignal): Promise<void> {
  const { store } = openCourse(context);
  let ended = new AbortController();
  let at: string | undefined;
  const follow = () => {
    const { current } = openCourse(context);
    if (current === undefined || current.key === at) return;
    at = current.key;
    ended.abort();
    ended = new AbortController();
    void showStep(context, current, AbortSignal.any([signal, ended.signal])).catch((error: unknown) => {
      if (!signal.aborted) draw(context, { ...nothing, check: { fault: messageOf(error) } });
    });
  };
  watchFile(store.progressFile, { interval: 300 }, follow);
  try {
    follow();
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    unwatchFile(store.progressFile);
    ended.abort();
  }
}

const nothing: Picture = { check: undefined, services: [], answered: [], news: [] };

/** A check sends requests of its own; while the learner sends some it would mix with them. */
const learnersPauseMs = 5000;
/** Reports of connections come a moment after them. */
const settleMs = 250;

async function showStep(context: Context, ref: StepRef, signal: AbortSignal): Promise<void> {
  const course = openCourse(context);
  const session = await openSession(context, ref);
  let check: Picture['check'];
  let lastRequest = 0;
  const own = createOwnRequests();
  const observer = createObserver(session.cluster.client(), session.place.namespace, signal);
  const redraw = () => draw(context, { ...observer.see(), check });
  const timer = setInterval(redraw, 500);
  watchConnections(session.cluster, signal, (connection) => {
    if (!own.now() && observer.answered(connection)) lastRequest = Date.now();
  });
  const quiet = () => Date.now() - lastRequest > learnersPauseMs && !isDone(check);
  try {
    for await (const result of results(session, signal, {
      quiet,
      look: (each) => own.during(() => checkStep(each)),
    })) {
      check = result.ok ? { done: true } : { done: false, ...result.finding };
      const isNew = result.ok && !course.store.progress().steps[ref.key]?.done;
      if (isNew) await own.during(() => keep(course, session, result));
      redraw();
    }
  } finally {
    clearInterval(timer);
    session.close();
  }
}

interface OwnRequests {
  /** Are requests of a check on their way? */
  now(): boolean;
  during<T>(work: () => Promise<T>): Promise<T>;
}

function createOwnRequests(): OwnRequests {
  let until = 0;
  return {
    now: () => Date.now() < until,
    async during(work) {
      until = Number.MAX_SAFE_INTEGER;
      try {
        return await work();
      } finally {
        until = Date.now() + settleMs;
      }
    },
  };
}

function isDone(check: Picture['check']): boolean {
  return check !== undefined && 'done' in check && check.done;
}

function draw(context: Context, picture: Picture): void {
  const { words } = openCourse(context);
  const { stdout } = process;
  const size = { columns: stdout.columns ?? 80, rows: stdout.rows ?? 8 };
  const lines = drawPicture(picture, words, size);
  stdout.write(`\x1b[?25l\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`);
}
