import type { CheckResult, Verification } from '../results.ts';

/** The results as JUnit XML: a suite for each lab, a case for each check. */
export function renderJunit({ results, ms, startedAt }: Verification): string {
  const labs = [...new Set(results.map(({ lab }) => lab))];
  const suites = labs.map((lab) =>
    suite(
      lab,
      results.filter((result) => result.lab === lab),
      startedAt,
    ),
  );
  const attributes = `${counts(results)} time="${seconds(ms)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="workshop" ${attributes}>\n${suites.join('')}</testsuites>\n`;
}

function suite(lab: string, results: readonly CheckResult[], startedAt: string): string {
  const ms = results.reduce((sum, result) => sum + result.ms, 0);
  const head = `name="${xmlText(lab)}" ${counts(results)} time="${seconds(ms)}" timestamp="${startedAt}"`;
  return `  <testsuite ${head}>\n${results.map(testCase).join('')}  </testsuite>\n`;
}

function testCase({ lab, claims, title, outcome, seen, ms, finding, fault }: CheckResult): string {
  const name = `${claims.join(' ')} ${title}`;
  const head = `    <testcase classname="${xmlText(lab)}" name="${xmlText(name)}" time="${seconds(ms)}">\n`;
  const out = seen === '' ? '' : `      <system-out>${xmlText(seen)}</system-out>\n`;
  return `${head}${problem()}${out}    </testcase>\n`;

  function problem(): string {
    if (outcome === 'passed') return '';
    if (fault) return `      <error message="${xmlText(fault.message)}" type="${fault.kind}"/>\n`;
    const { expected = '', observed = '', look = '' } = finding ?? {};
    const text = `expected: ${expected}\nobserved: ${observed}\nlook at: ${look}`;
    return `      <failure message="${xmlText(`expected ${expected}`)}">${xmlText(text)}</failure>\n`;
  }
}

function counts(results: readonly CheckResult[]): string {
  const failures = results.filter(({ outcome }) => outcome === 'failed').length;
  const errors = results.filter(({ outcome }) => outcome === 'broken').length;
  return `tests="${results.length}" failures="${failures}" errors="${errors}" skipped="0"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** XML 1.0 has no way to write most control characters, so they become spaces. */
export function xmlText(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ')
    .replace(/[&<>"\n]/g, (sign) => entities[sign] ?? sign);
}
