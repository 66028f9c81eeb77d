import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lib/exec.ts';
import type { Trial } from '../../scripts/lab/trial.ts';
import { median } from './median.ts';
import type { Row } from './row.ts';

const command = join(import.meta.dirname, '../../scripts/bin/workshop.js');

/** How long a learner waits for the workshop: for a page, for a check, for all claims. */
export async function courseFigures(): Promise<Row[]> {
  const stateDir = mkdtempSync(join(tmpdir(), 'workshop-bench-'));
  const env = { WORKSHOP_STATE_DIR: stateDir, WORKSHOP_NAME: 'bench-course' };
  const workshop = (...args: string[]) =>
    run(process.execPath, [command, ...args], { env, timeoutMs: 900_000, okCodes: [0, 1, 5] });
  try {
    await workshop('up');
    await workshop('start', '01-pods');
    const bare = await medianMs(() => run(process.execPath, ['-e', '0']));
    const show = await medianMs(() => workshop('show'));
    const help = await medianMs(() => workshop('--help'));
    const check = await medianMs(() => workshop('verify'));
    const from = performance.now();
    await workshop('verify', '--all');
    const all = (performance.now() - from) / 1000;
    const { stdout } = await workshop('lab', 'test', '--all', '--json');
    return [
      { figure: 'course: `workshop show` beyond `node -e 0`', value: show - bare, unit: 'ms', target: 200 },
      { figure: 'course: `workshop --help` beyond `node -e 0`', value: help - bare, unit: 'ms', target: 120 },
      {
        figure: 'course: `workshop verify` of a first step, as typed',
        value: check / 1000,
        unit: 's',
        target: 3,
      },
      {
        figure: "course: a step's slowest check, median of all steps",
        value: slowestChecks(stdout) / 1000,
        unit: 's',
        target: 3,
      },
      { figure: 'course: `workshop verify --all`', value: all, unit: 's', target: 90 },
    ];
  } finally {
    await workshop('down').catch(() => {});
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** Over all steps, the median of the longest that each one's check took, in milliseconds. */
function slowestChecks(json: string): number {
  const { trials } = JSON.parse(json) as { trials: readonly Trial[] };
  return median(trials.map(({ checks }) => Math.max(...checks)));
}

const times = 7;

async function medianMs(action: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const from = performance.now();
    await action();
    taken.push(performance.now() - from);
  }
  return median(taken);
}
