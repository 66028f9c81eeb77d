import { once } from 'node:events';
import { unwatchFile, watchFile } from 'node:fs';
import type { StepRef } from '../../labs/course/outline.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Context } from '../cli/command.ts';
import { openCourse } from '../learn/course.ts';
import { openSession, type Session } from '../learn/session.ts';
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
const settleMs = 100;

async function showStep(context: Context, ref: StepRef, signal: AbortSignal): Promise<void> {
  const course = openCourse(context);
  const own = createOwnRequests();
  const session = own.of(await openSession(context, ref));
  let check: Picture['check'];
  let lastRequest = 0;
  const observer = createObserver(session.cluster.client(), session.place.namespace, course.words, signal);
  const redraw = () => draw(context, { ...observer.see(), check });
  const timer = setInterval(redraw, 500);
  watchConnections(session.cluster, signal, (connection) => {
    if (!own.now() && observer.answered(connection)) lastRequest = Date.now();
  });
  const quiet = () => Date.now() - lastRequest > learnersPauseMs && !isDone(check);
  try {
    for await (const result of results(session, signal, quiet)) {
      check = result.ok ? { done: true } : { done: false, ...result.finding };
      const isNew = result.ok && !course.store.progress().steps[ref.key]?.done;
      if (isNew) await keep(course, session, result);
      redraw();
    }
  } finally {
    clearInterval(timer);
    session.close();
  }
}

interface OwnRequests {
  /** Is a command of a check running, which may be sending requests? */
  now(): boolean;
  /** The session, whose commands are known from now on. */
  of(session: Session): Session;
}

function createOwnRequests(): OwnRequests {
  let running = 0;
  let until = 0;
  async function during<T>(work: () => Promise<T>): Promise<T> {
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      until = Date.now() + settleMs;
    }
  }
  return {
    now: () => running > 0 || Date.now() < until,
    of: (session) => ({
      ...session,
      view(ms) {
        const lab = session.view(ms);
        return {
          ...lab,
          inPod: (...given) => during(() => lab.inPod(...given)),
          onNode: (...given) => during(() => lab.onNode(...given)),
        };
      },
    }),
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
