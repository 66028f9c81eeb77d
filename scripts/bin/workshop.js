#!/usr/bin/env node
/** Runs the bundled command; makes the bundle first when it is missing or older than its sources. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundle = `${root}/build/workshop.js`;

const ready = await prepare();
if (ready === 0) await import(bundle);
else process.exitCode = ready;

/** Resolves with 0 when the bundle can run, else with the exit code. */
async function prepare() {
  if (!existsSync(`${root}/node_modules/esbuild`)) return setUp();
  const { isStale } = await import('../build/stale.js');
  return isStale(root) ? setUp() : 0;
}

function setUp() {
  const { status } = spawnSync(process.execPath, [`${root}/scripts/setup/main.js`], {
    stdio: ['ignore', 2, 2],
  });
  return status ?? 3;
}
