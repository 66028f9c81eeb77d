import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../../lib/root.ts';
import type { Context } from '../cli/command.ts';
import { openCourse } from '../learn/course.ts';
import type { CourseEvent, StepProgress } from '../learn/events.ts';
import { type Result, type StepResult, sealed, type TimelineEvent } from './result.ts';

/** The result of the learner at this machine. */
export function ownResult(context: Context): Result {
  const { outline, store } = openCourse(context);
  const { steps } = store.progress();
  const { learner } = context.flags;
  return sealed({
    schema: 'workshop/result/v1',
    workshop: version(),
    learner: typeof learner === 'string' && learner.trim() !== '' ? learner.trim() : userInfo().username,
    backend: context.backend,
    madeAt: new Date().toISOString(),
    steps: outline.flatMap((lab) => lab.steps.map(({ key }) => resultOf(key, steps[key]))),
    events: store.events().map(timelineEvent),
  });
}

function resultOf(key: string, kept: StepProgress | undefined): StepResult {
  if (kept === undefined) {
    return { key, status: 'not begun', attempts: 0, hints: 0, solutionSeen: false, solved: false, resets: 0 };
  }
  const { attempts, seconds, startedAt, passedAt, hints, solutionSeen, solved, resets, prediction, failure } =
    kept;
  return {
    key,
    status: passedAt === undefined ? 'begun' : 'done',
    attempts,
    ...(seconds !== undefined && { seconds }),
    startedAt,
    ...(passedAt !== undefined && { passedAt }),
    hints: hints.length,
    solutionSeen,
    solved,
    resets,
    ...(prediction && { predicted: prediction.choice }),
    ...(prediction?.happened !== undefined && { happened: prediction.happened }),
    ...(failure && { failure }),
  };
}

function timelineEvent(event: CourseEvent): TimelineEvent {
  const { at, step, kind } = event;
  const base = { at, step, kind };
  if (kind === 'hint') return { ...base, note: String(event.hint) };
  if (kind === 'predicted') return { ...base, note: String(event.choice) };
  if (kind !== 'checked') return base;
  const note = event.failure?.mistake ?? event.failure?.observed;
  return { ...base, ok: event.ok, ...(note !== undefined && { note }) };
}

function version(): string {
  const file = readFileSync(join(repositoryRoot(), 'package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
