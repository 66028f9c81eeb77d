import { expect } from 'chai';
import { table } from '../../scripts/cli/output.ts';
import { createProgress } from '../../scripts/cli/progress.ts';

function recorder(options: { quiet?: boolean; live?: boolean } = {}) {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text) };
  return { lines, progress: createProgress({ stream, quiet: false, color: false, live: false, ...options }) };
}

describe('progress', () => {
  it('says when a step begins and how long it took', async () => {
    const { lines, progress } = recorder();
    expect(await progress.step('network', async () => 7)).to.equal(7);
    expect(lines).to.deep.equal([' • network …\n', ' ✓ network (0.0 s)\n']);
  });

  it('marks a failed step and passes the failure on', async () => {
    const { lines, progress } = recorder();
    const failing = progress.step('network', () => Promise.reject(new Error('no')));
    expect(await failing.catch((error: Error) => error.message)).to.equal('no');
    expect(lines[1]).to.equal(' ✗ network (0.0 s)\n');
  });

  it('marks a step whose result is not good, and gives the result', async () => {
    const { lines, progress } = recorder();
    const positive = (result: number) => result > 0;
    expect(await progress.step('network', async () => -1, positive)).to.equal(-1);
    expect(lines[1]).to.equal(' ✗ network (0.0 s)\n');
  });

  it('says nothing but warnings when quiet', async () => {
    const { lines, progress } = recorder({ quiet: true });
    await progress.step('network', async () => {});
    progress.note('fine');
    progress.warn('careful');
    expect(lines).to.deep.equal([' ! careful\n']);
  });

  it('overwrites the running step on a terminal', async () => {
    const { lines, progress } = recorder({ live: true });
    await progress.step('network', async () => {});
    expect(lines.at(-1)).to.equal('\r\x1b[K ✓ network (0.0 s)\n');
  });
});

describe('table', () => {
  it('aligns columns and leaves no blanks at line ends', () => {
    expect(table(['A', 'LONG'], [['value', 'x']])).to.equal('A       LONG\nvalue   x');
  });
});
