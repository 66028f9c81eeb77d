/**
 * Bundles what runs: build/workshop.js (the commands), build/sandbox.js (the embedded cluster), build/proxy.js (the node
 * proxy, one file for any node), build/loadbalancer.js (as that one) and build/schema.json (the API's types). Plain JavaScript,
 * since it runs before anything is built. `--if-stale` does nothing when no source is newer than the last build.
 */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { answerFlags } from '../setup/only-flags.js';
import { bundleAll } from './bundle.js';
import { isStale, markBuilt } from './stale.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const argv = process.argv.slice(2);
const answered = answerFlags(argv, ['--if-stale'], 'node scripts/build/main.js [--if-stale]');

if (answered !== undefined) process.exitCode = answered;
else if (!argv.includes('--if-stale') || isStale(root)) {
  const started = performance.now();
  process.stderr.write(' • bundling …\n');
  const newest = Date.now();
  await rm(`${root}/build/stamp`, { force: true });
  await bundleAll(root);
  markBuilt(root, newest);
  process.stderr.write(` ✓ bundled (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
}
