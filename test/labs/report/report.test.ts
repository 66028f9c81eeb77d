import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { anonymised, anonymisedAll } from '../../../scripts/report/anonymise.ts';
import { renderCsv } from '../../../scripts/report/csv.ts';
import { renderHtml } from '../../../scripts/report/html.ts';
import { renderJunitReport } from '../../../scripts/report/junit.ts';
import { renderMarkdownReport } from '../../../scripts/report/markdown.ts';
import { readResults } from '../../../scripts/report/read-results.ts';
import { isWhole, type Result, sealed } from '../../../scripts/report/result.ts';
import { learnerSummary, stepSummaries } from '../../../scripts/report/summary.ts';

const base = { hints: 0, solutionSeen: false, solved: false, resets: 0 };

function resultOf(learner: string, seconds = 60, madeAt = '2026-01-01T12:00:00.000Z'): Result {
  return sealed({
    schema: 'workshop/result/v1',
    workshop: '0.1.0',
    learner,
    backend: 'sandbox',
    madeAt,
    steps: [
      {
        key: '01-pods/10-three-pods',
        status: 'done',
        attempts: 2,
        seconds,
        ...base,
        hints: 1,
        predicted: 2,
        happened: 2,
      },
      {
        key: '01-pods/20-replaced',
        status: 'begun',
        attempts: 3,
        ...base,
        failure: { expected: 'a < b', observed: 'b & a' },
      },
      { key: '02-dns/10-names', status: 'not begun', attempts: 0, ...base },
    ],
    events: [
      {
        at: '2026-01-01T11:00:00.000Z',
        step: '01-pods/10-three-pods',
        kind: 'checked',
        ok: false,
        note: '<i>',
      },
    ],
  });
}

describe('results of a class', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'workshop-report-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(name: string, value: Result | string): string {
    const file = join(folder, name);
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value, null, 2));
    return file;
  }

  it('are counted by learner, whoever else has a damaged file', () => {
    const good = write('a.json', resultOf('Ann'));
    const text = readFileSync(good, 'utf8');
    const broken: [name: string, content: string, why: string][] = [
      ['cut.json', text.slice(0, 300), 'it is cut off, or no JSON'],
      ['changed.json', text.replace('"begun"', '"done"'), 'it was changed after it was written'],
      ['named.json', text.replace('"Ann"', '"Bob"'), 'it was changed after it was written'],
      ['number.json', text.replace('"attempts": 3', '"attempts": "3"'), 'steps[1].attempts is no integer'],
      ['extra.json', text.replace('"workshop"', '"score": 100, "workshop"'), 'score is unknown'],
      ['empty.json', '', 'it is cut off, or no JSON'],
      ['null.json', 'null', 'it is no object'],
      ['proto.json', text.replace('"workshop"', '"__proto__": {}, "workshop"'), '__proto__ is unknown'],
    ];
    const files = broken.map(([name, content]) => write(name, content));
    const missing = join(folder, 'missing.json');
    const { results, damaged } = readResults([...files, good, missing]);
    expect(results.map(({ learner }) => learner)).to.deep.equal(['Ann']);
    expect(damaged.map(({ file }) => file)).to.deep.equal([...files, missing]);
    expect(damaged.at(-1)?.why).to.equal('it cannot be read (ENOENT)');
    for (const [index, [, , why]] of broken.entries()) expect(damaged[index]?.why).to.contain(why);
  });

  it('may be written anew by another program', () => {
    const { digest, steps, learner, ...rest } = resultOf('Ann');
    const file = write('a.json', JSON.stringify({ learner, digest, ...rest, steps }));
    expect(readResults([file]).results).to.have.lengthOf(1);
  });

  it("count the latest of a learner's files", () => {
    const old = write('old.json', resultOf('Ann', 60, '2026-01-01T12:00:00.000Z'));
    const fresh = write('new.json', resultOf('Ann', 99, '2026-01-02T12:00:00.000Z'));
    for (const files of [
      [old, fresh],
      [fresh, old],
    ]) {
      const { results, superseded } = readResults(files);
      expect(results.map(({ steps }) => steps[0]?.seconds)).to.deep.equal([99]);
      expect(superseded).to.deep.equal([{ file: old, by: fresh }]);
    }
  });

  it('say who is stuck where, and how long a step takes', () => {
    const results = [resultOf('Ann', 60), resultOf('Bob', 300), resultOf('Cho', 120)];
    expect(learnerSummary(results[0] as Result)).to.deep.include({
      done: 1,
      steps: 3,
      attempts: 5,
      hints: 1,
      predictions: { right: 1, made: 1 },
      stuckAt: { key: '01-pods/20-replaced', attempts: 3 },
    });
    const [first, second] = stepSummaries(results);
    expect(first).to.deep.include({ done: 3, begun: 3, medianSeconds: 120, stuck: [] });
    expect(second).to.deep.include({ done: 0, begun: 3, stuck: ['Ann', 'Bob', 'Cho'] });
  });

  it('lose every name with --anonymise, and stay whole', () => {
    const names = ['Ann', 'Bob', 'Cho'];
    const hidden = anonymised(names.map((name) => resultOf(name)));
    expect(hidden.map(({ learner }) => learner)).to.deep.equal(['learner-1', 'learner-2', 'learner-3']);
    expect(hidden.every(isWhole)).to.equal(true);
    for (const render of [renderHtml, renderCsv, renderMarkdownReport, renderJunitReport, JSON.stringify]) {
      const text = render(hidden);
      for (const name of names) expect(text).to.not.contain(name);
    }
  });

  it('lose the names of damaged files with it, too', () => {
    const damaged = [{ file: 'results/ann.json', why: 'it is cut off, or no JSON' }];
    const hidden = anonymisedAll({ results: [resultOf('Ann')], damaged, superseded: [] });
    expect(hidden.damaged).to.deep.equal([{ file: 'file 1', why: 'it is cut off, or no JSON' }]);
    expect(renderHtml(hidden.results, hidden.damaged)).to.not.match(/ann/i);
  });

  it('hold names that are no code anywhere', () => {
    const results = [resultOf('=cmd|"x"'), resultOf('<script>alert(1)</script>|`x`')];
    expect(renderCsv(results)).to.contain('"\'=cmd|""x"""');
    expect(renderHtml(results)).to.not.contain('<script>').and.not.contain('<i>');
    expect(renderJunitReport(results)).to.contain('&lt;script&gt;').and.contain('expected: a &lt; b');
    expect(renderMarkdownReport(results)).to.contain('\\<script\\>').and.contain('\\|\\`x\\`');
  });

  it('are a page that needs nothing else, and says everything in words', () => {
    const page = renderHtml([resultOf('Ann'), resultOf('Bob')], [{ file: 'c.json', why: 'it is cut off' }]);
    expect(page)
      .to.match(/^<!doctype html>/)
      .and.not.match(/(src|href)=/);
    expect(page).to.contain('c.json').and.contain('<svg').and.contain('01-pods/20-replaced (3 checks)');
    expect(page).to.contain('<title>01-pods/10-three-pods: begun 2026-01-01 11:00 UTC, not done yet</title>');
    expect(renderHtml([resultOf('Ann')])).to.contain(
      '✗<title>2026-01-01 11:00 UTC 01-pods/10-three-pods: checked, &#60;i&#62;</title>',
    );
  });

  it('are JUnit with failed and skipped steps', () => {
    expect(renderJunitReport([resultOf('Ann')])).to.contain('tests="3" failures="1" errors="0" skipped="1"');
  });
});
