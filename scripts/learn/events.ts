/** What a learner did, in the order in which it happened: one line each in `events.jsonl`. */
export type CourseEvent = { at: string; step: string } & (
  | { kind: 'started'; content: string }
  | { kind: 'predicted'; choice: number }
  /** `happened` is the number of the option that came true. */
  | { kind: 'checked'; ok: boolean; ms: number; happened?: number; failure?: Failure }
  /** Its number from 1, or the id of the mistake that it names. */
  | { kind: 'hint'; hint: number | string }
  | { kind: 'solution' }
  | { kind: 'solved' }
  | { kind: 'reset' }
);

export interface Failure {
  expected: string;
  observed: string;
  mistake?: string;
}

/** Distributes over the union, which Omit alone would not. */
export type NewEvent = CourseEvent extends infer E ? (E extends CourseEvent ? Omit<E, 'at'> : never) : never;

/** Where a learner stands. Times are RFC 3339. */
export interface CourseProgress {
  version: 1;
  /** The step that the learner is at. */
  current?: string;
  steps: Record<string, StepProgress>;
}

export interface StepProgress {
  /** Hash of the step's content when it was started. */
  content: string;
  startedAt: string;
  /** Of the first time; missing until the check was green once. */
  passedAt?: string;
  /** The check is green as things are, as far as is known. */
  done: boolean;
  /** Checks until it was green for the first time, that one included. */
  attempts: number;
  /** From the start until it was green for the first time. */
  seconds?: number;
  /** Numbers and ids of mistakes. */
  hints: (number | string)[];
  /** Before the check was green for the first time. */
  solutionSeen: boolean;
  /** `workshop solve` made the check green for the first time. */
  solved: boolean;
  resets: number;
  prediction?: { choice: number; happened?: number };
  /** Why the last check was red. */
  failure?: Failure;
}

/** The progress that a list of events comes to. */
export function progressOf(events: readonly CourseEvent[]): CourseProgress {
  const progress: CourseProgress = { version: 1, steps: {} };
  for (const event of events) enter(progress, event);
  return progress;
}

function enter(progress: CourseProgress, event: CourseEvent): void {
  const before = progress.steps[event.step];
  const step = before ?? fresh(event);
  progress.steps[event.step] = step;
  switch (event.kind) {
    case 'started':
      progress.current = event.step;
      if (step.passedAt === undefined) step.content = event.content;
      break;
    case 'predicted':
      // Who has seen what happens predicts no more.
      if (step.passedAt === undefined) step.prediction = { choice: event.choice };
      break;
    case 'checked':
      enterCheck(step, event);
      break;
    case 'hint':
      if (!step.hints.includes(event.hint)) step.hints.push(event.hint);
      break;
    // Who has done it by themselves may look afterwards: then the solution explains, and helps no more.
    case 'solution':
      if (step.passedAt === undefined) step.solutionSeen = true;
      break;
    case 'solved':
      if (step.passedAt === undefined) step.solved = true;
      break;
    case 'reset':
      step.resets += 1;
      step.done = false;
      delete step.failure;
      break;
  }
}

function enterCheck(
  step: StepProgress,
  { at, ok, happened, failure }: Extract<CourseEvent, { kind: 'checked' }>,
): void {
  step.done = ok;
  if (failure === undefined) delete step.failure;
  else step.failure = failure;
  if (step.passedAt !== undefined) return;
  step.attempts += 1;
  if (!ok) return;
  step.passedAt = at;
  step.seconds = Math.max(0, Math.round((Date.parse(at) - Date.parse(step.startedAt)) / 1000));
  if (step.prediction && happened !== undefined) step.prediction.happened = happened;
}

function fresh({ at }: CourseEvent): StepProgress {
  return {
    content: '',
    startedAt: at,
    done: false,
    attempts: 0,
    hints: [],
    solutionSeen: false,
    solved: false,
    resets: 0,
  };
}
