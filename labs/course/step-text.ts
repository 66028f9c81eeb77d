import { WorkshopError } from '../../lib/errors.ts';

/** The text of a step in one language. All parts are Markdown. */
export interface StepText {
  title: string;
  task: string;
  prediction: { question: string; options: readonly string[] };
  /** From vague to concrete. */
  hints: readonly string[];
  /** By the id of the mistake that each names. */
  mistakes: Readonly<Record<string, string>>;
  solution: string;
  /** What changed since the documents were written. */
  since?: string;
}

/**
 * Reads `text.LANG.md`: `# Title` and the task, then parts that begin with a line `<!-- prediction -->`, `<!-- hint -->`,
 * `<!-- mistake ID -->`, `<!-- solution -->` or `<!-- since -->`. Throws WorkshopError `bug` that names `file` and what is wrong.
 */
export function parseStepText(source: string, file: string): StepText {
  const [head = '', ...parts] = partsOf(source);
  const [, title, task = ''] = /^\s*# (.+)\n([\s\S]*)$/.exec(head) ?? [];
  if (title === undefined) throw fault(file, 'it does not begin with a line "# Title"');
  const text: Draft = { title: title.trim(), task: task.trim(), hints: [], mistakes: {} };
  for (const part of parts) enter(text, part, file);
  const { prediction, solution, since, ...rest } = text;
  if (prediction === undefined) throw fault(file, 'it has no <!-- prediction -->');
  if (solution === undefined) throw fault(file, 'it has no <!-- solution -->');
  return { ...rest, prediction, solution, ...(since !== undefined && { since }) };
}

interface Draft {
  title: string;
  task: string;
  prediction?: StepText['prediction'];
  hints: string[];
  mistakes: Record<string, string>;
  solution?: string;
  since?: string;
}

const mark = /^<!-- *(.*?) *-->[ \t]*$/;

/** The text up to the first mark, then each mark's line with what follows it. Marks inside code are code. */
function partsOf(source: string): string[] {
  const parts = [''];
  let fenced = false;
  for (const line of source.replaceAll('\r\n', '\n').split('\n')) {
    if (/^ {0,3}(```|~~~)/.test(line)) fenced = !fenced;
    if (!fenced && mark.test(line)) parts.push('');
    parts[parts.length - 1] += `${line}\n`;
  }
  return parts;
}

function enter(text: Draft, part: string, file: string): void {
  const [first = '', ...lines] = part.split('\n');
  const [, word = ''] = mark.exec(first) ?? [];
  const body = lines.join('\n').trim();
  const [kind, id, ...more] = word.split(/\s+/);
  if (body === '') throw fault(file, `the part ${first} is empty`);
  if (kind === 'mistake' && id !== undefined && more.length === 0) {
    if (id in text.mistakes) throw fault(file, `the mistake ${id} is there twice`);
    text.mistakes[id] = body;
  } else if (id !== undefined) throw fault(file, `${first} is no known part`);
  else if (kind === 'hint') text.hints.push(body);
  else if (kind === 'prediction')
    text.prediction = once(text.prediction, questionOf(body, file), first, file);
  else if (kind === 'solution') text.solution = once(text.solution, body, first, file);
  else if (kind === 'since') text.since = once(text.since, body, first, file);
  else throw fault(file, `${first} is no known part`);
}

function once<T>(before: T | undefined, value: T, name: string, file: string): T {
  if (before !== undefined) throw fault(file, `${name} is there twice`);
  return value;
}

/** A question, and below it the options as a numbered list. */
function questionOf(body: string, file: string): StepText['prediction'] {
  const [question = '', ...rest] = body.split(/^(?=\d+\. )/m);
  const options = rest.map((item) =>
    item
      .replace(/^\d+\. +/, '')
      .replace(/\s*\n\s*/g, ' ')
      .trim(),
  );
  const numbers = rest.map((item) => Number.parseInt(item, 10));
  if (options.length < 2 || numbers.some((number, index) => number !== index + 1)) {
    throw fault(file, 'the prediction needs a list of options, numbered from 1');
  }
  return { question: question.trim(), options };
}

function fault(file: string, why: string): WorkshopError {
  return new WorkshopError('bug', `could not read ${file}: ${why}`);
}
