import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lib/exec.ts';
import type { Row } from './row.ts';

const repository = join(import.meta.dirname, '../..');

/** `npm start` as a newcomer meets it: a fresh clone, an empty npm cache, everything included. */
export async function freshCloneFigures(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'workshop-fresh-'));
  const clone = join(folder, 'clone');
  const env = {
    npm_config_cache: join(folder, 'cache'),
    WORKSHOP_STATE_DIR: join(folder, 'state'),
    WORKSHOP_NAME: 'fresh',
  };
  try {
    await run('git', ['clone', '--quiet', repository, clone]);
    const started = performance.now();
    await run('npm', ['start'], { cwd: clone, env, timeoutMs: 600_000 });
    const value = (performance.now() - started) / 1000;
    return [
      {
        figure: '`npm start`: fresh clone, empty npm cache, everything included',
        value,
        unit: 's',
        target: 150,
      },
    ];
  } finally {
    await run('npx', ['workshop', 'down'], { cwd: clone, env }).catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
}
