import { xmlText } from '../verify/report/junit.ts';
import type { Result } from './result.ts';

/** A suite for each learner, a case for each step: one that is begun and not done has failed, one not begun is skipped. */
export function renderJunitReport(results: readonly Result[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="course">\n${results.map(suite).join('')}</testsuites>\n`;
}

function suite({ learner, steps, madeAt }: Result): string {
  const count = (wanted: string) => steps.filter(({ status }) => status === wanted).length;
  const head = `name="${xmlText(learner)}" tests="${steps.length}" failures="${count('begun')}" errors="0" skipped="${count('not begun')}" timestamp="${madeAt}"`;
  return `  <testsuite ${head}>\n${steps.map(testCase).join('')}  </testsuite>\n`;
}

function testCase({ key, status, seconds = 0, failure }: Result['steps'][number]): string {
  const [lab = '', step = ''] = key.split('/');
  const head = `    <testcase classname="${xmlText(lab)}" name="${xmlText(step)}" time="${seconds}"`;
  if (status === 'done') return `${head}/>\n`;
  if (status === 'not begun') return `${head}><skipped/></testcase>\n`;
  const text = failure ? `expected: ${failure.expected}\nobserved: ${failure.observed}` : 'not done yet';
  return `${head}><failure message="not done yet">${xmlText(text)}</failure></testcase>\n`;
}
