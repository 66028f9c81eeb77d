import type { Result } from './result.ts';
import { duration, type LearnerSummary, learnerSummary, type StepSummary, stepSummaries } from './summary.ts';

/** One learner: the steps. Several: a table of learners, and one of steps. */
export function renderMarkdownReport(results: readonly Result[]): string {
  const [first] = results;
  if (first && results.length === 1) return single(first);
  return `${[
    `# ${results.length} learners`,
    table(learnerColumns, results.map(learnerSummary).map(learnerCells)),
    '## Steps',
    table(stepColumns, stepSummaries(results).map(stepCells)),
  ].join('\n\n')}\n`;
}

export const learnerColumns = [
  'learner',
  'done',
  'time',
  'checks',
  'hints',
  'solutions',
  'predictions',
  'is at',
];

/** A learner's row in the table of all learners. */
export function learnerCells(each: LearnerSummary): string[] {
  const { learner, done, steps, seconds, attempts, hints, solutions, predictions, stuckAt } = each;
  return [
    learner,
    `${done}/${steps}`,
    duration(seconds),
    `${attempts}`,
    `${hints}`,
    `${solutions}`,
    `${predictions.right}/${predictions.made}`,
    stuckAt ? `${stuckAt.key} (${stuckAt.attempts} ${stuckAt.attempts === 1 ? 'check' : 'checks'})` : '',
  ];
}

export const stepColumns = [
  'step',
  'done',
  'median time',
  'checks',
  'hints',
  'solutions',
  'predictions',
  'not done by',
];

/** A step's row in the table of all steps. */
export function stepCells(each: StepSummary): string[] {
  const { key, done, begun, medianSeconds, attempts, hints, solutions, predictions, stuck } = each;
  return [
    key,
    `${done}/${begun}`,
    medianSeconds === undefined ? '' : duration(medianSeconds),
    `${attempts}`,
    `${hints}`,
    `${solutions}`,
    `${predictions.right}/${predictions.made}`,
    stuck.join(', '),
  ];
}

export const ownColumns = ['step', 'state', 'time', 'checks', 'hints', 'solution', 'prediction'];

/** A step's row in the report of one learner. */
export function ownCells(step: Result['steps'][number]): string[] {
  const { key, status, seconds, attempts, hints, solved, solutionSeen, predicted, happened } = step;
  const prediction =
    happened === undefined ? (predicted ?? '') : predicted === happened ? 'right' : 'otherwise';
  return [
    key,
    status,
    seconds === undefined ? '' : duration(seconds),
    status === 'not begun' ? '' : `${attempts}`,
    status === 'not begun' ? '' : `${hints}`,
    solved ? 'solved by the workshop' : solutionSeen ? 'read' : '',
    `${predicted === undefined ? '' : prediction}`,
  ];
}

function single(result: Result): string {
  const { learner, done, steps, seconds } = learnerSummary(result);
  return `${[
    `# ${plain(learner)}`,
    `${done} of ${steps} steps done, in ${duration(seconds)}; ${result.madeAt.slice(0, 16).replace('T', ' ')} UTC.`,
    table(ownColumns, result.steps.map(ownCells)),
  ].join('\n\n')}\n`;
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  return [line(headings), `|${headings.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** A learner's name, or what a check saw, must not be Markdown. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|<>`*_[\]#&]/g, (sign) => `\\${sign}`);
}
