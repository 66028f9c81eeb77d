import { styleText } from 'node:util';
import type { CheckResult, Verification } from '../results.ts';
import { wrap } from './wrap.ts';

export interface TableOptions {
  /** Columns of the terminal. */
  width: number;
  color: boolean;
}

/** The results as a table for a person: claim, what was seen, result, time; below a red one what to do with it. */
export function renderTable({ results }: Pick<Verification, 'results'>, options: TableOptions): string {
  const width = Math.min(Math.max(options.width, narrowest), widest);
  const layout = { ...options, seenWidth: width - claimWidth - resultWidth - timeWidth };
  const lines = [line('CLAIM', 'WHAT WAS SEEN', 'RESULT', 'TIME', layout)];
  let lab = '';
  for (const result of results) {
    if (result.lab !== lab) lines.push(result.lab);
    lab = result.lab;
    lines.push(...row(result, layout));
  }
  return lines.join('\n');
}

const narrowest = 60;
const widest = 120;
const claimWidth = 7;
const resultWidth = 10;
const timeWidth = 7;
const indent = ' '.repeat(claimWidth);

interface Layout extends TableOptions {
  seenWidth: number;
}

function row(result: CheckResult, layout: Layout): string[] {
  const [first = '', ...rest] = wrap(result.seen || result.title, layout.seenWidth - 2);
  const time = `${(result.ms / 1000).toFixed(1)} s`;
  const [claim = '', ...others] = result.claims;
  return [
    line(` ${claim}`, first, mark(result, layout.color), time, layout),
    ...rest.map((text, i) => ` ${others[i] ?? ''}`.padEnd(claimWidth) + text),
    ...details(result, layout),
  ];
}

/** A word for each, so that nothing hangs on colour or signs. */
function mark({ outcome }: CheckResult, color: boolean): string {
  const text = { passed: '✓ kept', failed: '✗ failed', broken: '! no check' }[outcome].padEnd(resultWidth);
  const style = { passed: 'green', failed: 'red', broken: 'yellow' } as const;
  return color ? styleText(style[outcome], text, { validateStream: false }) : text;
}

function details({ title, finding, fault }: CheckResult, { seenWidth }: Layout): string[] {
  const width = seenWidth + resultWidth + timeWidth - labelWidth;
  const parts: [string, string][] = finding
    ? [
        ['claim', title],
        ['expected', finding.expected],
        ['observed', finding.observed],
        ['look at', finding.look ?? ''],
      ]
    : [];
  if (fault) parts.push([fault.kind === 'bug' ? 'fault of the check' : 'could not be made', fault.message]);
  return parts.flatMap(([label, text]) => {
    const [first = '', ...rest] = wrap(text, width);
    const more = indent + ' '.repeat(labelWidth);
    return [`${indent}${`${label}: `.padEnd(labelWidth)}${first}`, ...rest.map((next) => more + next)];
  });
}

const labelWidth = 10;

function line(claim: string, seen: string, result: string, time: string, { seenWidth }: Layout): string {
  const marked = result.startsWith('\u001b') ? result : result.padEnd(resultWidth);
  return `${claim.padEnd(claimWidth)}${seen.padEnd(seenWidth)}${marked}${time.padStart(timeWidth - 1)}`;
}
