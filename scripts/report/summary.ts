import type { Result, StepResult } from './result.ts';

/** A learner in one line. */
export interface LearnerSummary {
  learner: string;
  done: number;
  steps: number;
  seconds: number;
  attempts: number;
  hints: number;
  /** Solutions that were read, and steps that `workshop solve` did. */
  solutions: number;
  predictions: { right: number; made: number };
  /** The step begun and not done, if any, with the checks tried in it. */
  stuckAt?: { key: string; attempts: number };
}

/** A step in one line. */
export interface StepSummary {
  key: string;
  done: number;
  begun: number;
  /** Of those who did it. */
  medianSeconds: number | undefined;
  attempts: number;
  hints: number;
  solutions: number;
  predictions: { right: number; made: number };
  stuck: readonly string[];
}

/** What one learner has done, in seconds and counts; `stuckAt` is the step begun with most attempts. */
export function learnerSummary({ learner, steps }: Result): LearnerSummary {
  const open = steps.filter(({ status }) => status === 'begun').sort((a, b) => b.attempts - a.attempts)[0];
  return {
    learner,
    done: steps.filter(({ status }) => status === 'done').length,
    steps: steps.length,
    seconds: sum(steps.map(({ seconds = 0 }) => seconds)),
    ...counts(steps),
    ...(open && { stuckAt: { key: open.key, attempts: open.attempts } }),
  };
}

/** The steps in teaching order, over all results. */
export function stepSummaries(results: readonly Result[]): StepSummary[] {
  const keys = [...new Set(results.flatMap(({ steps }) => steps.map(({ key }) => key)))].sort();
  return keys.map((key) => {
    const all = results.flatMap(({ learner, steps }) =>
      steps.filter((step) => step.key === key).map((step) => ({ learner, step })),
    );
    const steps = all.map(({ step }) => step);
    return {
      key,
      done: steps.filter(({ status }) => status === 'done').length,
      begun: steps.filter(({ status }) => status !== 'not begun').length,
      medianSeconds: median(steps.flatMap(({ seconds }) => (seconds === undefined ? [] : [seconds]))),
      ...counts(steps),
      stuck: all.filter(({ step }) => step.status === 'begun').map(({ learner }) => learner),
    };
  });
}

function counts(steps: readonly StepResult[]) {
  const predicted = steps.filter(({ happened }) => happened !== undefined);
  return {
    attempts: sum(steps.map(({ attempts }) => attempts)),
    hints: sum(steps.map(({ hints }) => hints)),
    solutions: steps.filter(({ solutionSeen, solved }) => solutionSeen || solved).length,
    predictions: {
      right: predicted.filter((step) => step.predicted === step.happened).length,
      made: predicted.length,
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function median(numbers: readonly number[]): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** `12 min`, `40 s`. */
export function duration(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
