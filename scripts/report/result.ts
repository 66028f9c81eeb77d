import { createHash } from 'node:crypto';
import type { Failure } from '../learn/events.ts';

/** One learner's result; result.schema.json says the same for other programs. Times are RFC 3339. */
export interface Result {
  schema: 'workshop/result/v1';
  workshop: string;
  learner: string;
  backend: string;
  madeAt: string;
  /** Every step of the course, in teaching order. */
  steps: readonly StepResult[];
  events: readonly TimelineEvent[];
  /** Of all the rest. Shows damage and hasty changes; who wants to deceive can make a new one. */
  digest: string;
}

export interface StepResult {
  key: string;
  status: 'done' | 'begun' | 'not begun';
  attempts: number;
  seconds?: number;
  startedAt?: string;
  passedAt?: string;
  hints: number;
  solutionSeen: boolean;
  solved: boolean;
  resets: number;
  predicted?: number;
  happened?: number;
  failure?: Failure;
}

export interface TimelineEvent {
  at: string;
  step: string;
  kind: 'started' | 'predicted' | 'checked' | 'hint' | 'solution' | 'solved' | 'reset';
  ok?: boolean;
  note?: string;
}

/** The result with its digest. */
export function sealed(result: Omit<Result, 'digest'>): Result {
  return { ...result, digest: digestOf(result) };
}

/** True while nothing was changed since it was sealed. */
export function isWhole({ digest, ...rest }: Result): boolean {
  return digest === digestOf(rest);
}

function digestOf(value: object): string {
  return `sha256:${createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')}`;
}

/** The same value has the same text, in whatever order a program wrote its keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
