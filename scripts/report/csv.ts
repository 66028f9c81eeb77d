import type { Result } from './result.ts';

const columns = [
  'learner',
  'step',
  'status',
  'attempts',
  'seconds',
  'hints',
  'solution_seen',
  'solved_by_workshop',
  'resets',
  'predicted',
  'happened',
  'started_at',
  'passed_at',
] as const;

/** A row for each learner and step (RFC 4180). */
export function renderCsv(results: readonly Result[]): string {
  const rows = results.flatMap(({ learner, steps }) =>
    steps.map((step) => [
      learner,
      step.key,
      step.status,
      step.attempts,
      step.seconds,
      step.hints,
      step.solutionSeen,
      step.solved,
      step.resets,
      step.predicted,
      step.happened,
      step.startedAt,
      step.passedAt,
    ]),
  );
  return [[...columns], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A spreadsheet takes a text that begins with such a sign for a formula; a learner chooses the own name. */
function cell(value: string | number | boolean | undefined): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
