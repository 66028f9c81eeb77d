import { expect } from 'chai';
import { jsonReport } from '../../../scripts/verify/report/json.ts';
import { renderJunit } from '../../../scripts/verify/report/junit.ts';
import { renderTable } from '../../../scripts/verify/report/table.ts';
import { wrap } from '../../../scripts/verify/report/wrap.ts';
import {
  type CheckResult,
  exitCodeOf,
  summaryOf,
  type Verification,
} from '../../../scripts/verify/results.ts';

const passed: CheckResult = {
  lab: '02-clusterip',
  claims: ['L-05'],
  title: 'requests reach every pod',
  outcome: 'passed',
  seen: 'hostname-deployment-…-abcde ×67, hostname-deployment-…-fghij ×67, hostname-deployment-…-klmno ×66',
  ms: 1234,
};
const failed: CheckResult = {
  ...passed,
  claims: ['L-08'],
  outcome: 'failed',
  seen: '',
  finding: { expected: 'three <pods> & "more"', observed: 'two\u0007', look: 'kubectl get pods' },
};
const fault = { message: 'x is not a function', kind: 'bug' } as const;
const broken: CheckResult = { ...passed, lab: '07-dns', claims: ['S-08'], outcome: 'broken', fault };
const away: CheckResult = { ...broken, fault: { message: 'connect ECONNREFUSED', kind: 'environment' } };
const run = (...results: CheckResult[]): Verification => {
  return { cluster: 'workshop', startedAt: '2026-11-20T08:00:00.000Z', ms: 5000, results };
};

describe('the exit code of a verification', () => {
  const cases = [
    { what: 'all kept', results: [passed], code: 0 },
    { what: 'one failed', results: [passed, failed], code: 1 },
    { what: 'the cluster away', results: [failed, away], code: 3 },
    { what: 'a fault of a check', results: [failed, away, broken], code: 5 },
    { what: 'no check at all', results: [], code: 5 },
  ];
  for (const { what, results, code } of cases) {
    it(`is ${code} for ${what}`, () => expect(exitCodeOf(results)).to.equal(code));
  }
});

describe('the table of results', () => {
  const lines = renderTable(run(passed, failed, broken), { width: 80, color: false }).split('\n');

  it('fits the terminal', () => {
    for (const line of lines) expect(line.length, line).to.be.at.most(80);
  });

  it('has claim, what was seen, result and time', () => {
    expect(lines[0]).to.match(/^CLAIM\s+WHAT WAS SEEN\s+RESULT\s+TIME$/);
    expect(lines.slice(1, 3)).to.satisfy(
      ([lab, row]: string[]) => lab === '02-clusterip' && /kept\s+1\.2 s$/.test(row ?? ''),
    );
  });

  it('tells below a failed check what was expected, observed, and where to look', () => {
    const text = lines.join('\n');
    expect(text).to.match(
      /expected: three <pods> & "more"\n\s+observed: two\S*\n\s+look at: {2}kubectl get pods/,
    );
    expect(text).to.include('x is not a function');
  });

  it('means nothing by colour alone', () => {
    const colored = renderTable(run(passed, failed, broken), { width: 80, color: true });
    expect(colored).to.include('\u001b[');
    expect(colored.replace(/\u001b\[\d+m/g, '')).to.equal(lines.join('\n'));
  });

  it('breaks long words rather than running over', () => {
    expect(wrap('a'.repeat(25), 10)).to.deep.equal(['a'.repeat(10), 'a'.repeat(10), 'aaaaa']);
    expect(wrap('one two three', 8)).to.deep.equal(['one two', 'three']);
    expect(wrap('', 8)).to.deep.equal(['']);
  });

  it('sums up in one line', () => {
    expect(summaryOf(run(passed, failed, broken))).to.equal(
      '1 of 3 checks passed, 1 failed, 1 could not be made, in 5.0 s',
    );
  });
});

describe('the JUnit file', () => {
  const xml = renderJunit(run(passed, failed, broken));

  it('counts suites and cases', () => {
    expect(xml).to.include(
      '<testsuites name="workshop" tests="3" failures="1" errors="1" skipped="0" time="5.000">',
    );
    expect(xml.match(/<testsuite /g)).to.have.lengthOf(2);
    expect(xml.match(/<testcase /g)).to.have.lengthOf(3);
  });

  it('escapes what XML cannot hold', () => {
    expect(xml).to.include('three &lt;pods&gt; &amp; &quot;more&quot;');
    expect(xml).to.not.include('\u0007');
    expect(xml).to.include('<error message="x is not a function" type="bug"/>');
  });
});

describe('the JSON report', () => {
  it('has the exit code, the counts and every check', () => {
    expect(jsonReport(run(passed, failed, broken))).to.deep.include({
      code: 5,
      passed: 1,
      failed: 1,
      broken: 1,
      seconds: 5,
    });
    expect(jsonReport(run(failed))).to.have.nested.property('checks[0].finding.look', 'kubectl get pods');
  });
});
