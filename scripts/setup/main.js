/**
 * Makes a fresh clone ready to run: `npm start`, `npm test` and the commands call it first. Plain JavaScript without
 * dependencies, since there may be none yet. Says nothing when nothing is to do. Exit codes: 0 ready, 3 something is missing.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { dependenciesAreFresh, rememberDependencies } from './dependencies.js';
import { nodeProblem } from './node-version.js';
import { answerFlags } from './only-flags.js';
import { missingPackages, packageProblem } from './packages.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

process.exitCode = answerFlags(process.argv.slice(2), [], 'node scripts/setup/main.js') ?? (await setUp());

async function setUp() {
  const problem = nodeProblem(process.versions.node);
  if (problem) return fail(problem);
  if (process.platform === 'linux') {
    const missing = missingPackages(process.env.PATH);
    const packages = missing.length > 0 ? installPackages(missing) : undefined;
    if (packages) return fail(packages);
  }
  if (!dependenciesAreFresh(root)) {
    const installed = step('installing dependencies', 'npm', ['ci', '--no-progress'], { cwd: root });
    if (installed !== 0)
      return fail('could not install the dependencies (npm ci, see above). Try again with a network.');
    rememberDependencies(root);
  }
  const { isStale } = await import('../build/stale.js');
  if (!isStale(root)) return 0;
  const { status } = spawnSync(process.execPath, [`${root}/scripts/build/main.js`, '--if-stale'], {
    stdio: ['ignore', 2, 2],
  });
  return status ?? 5;
}

/** As root on Debian and its like; returns what to tell the user when that is impossible or fails. */
function installPackages(missing) {
  if (process.getuid?.() !== 0) return packageProblem(missing);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...missing];
  if (step(`installing ${missing.join(', ')}`, 'apt-get', install, { env }) === 0) return undefined;
  step('reading package lists', 'apt-get', ['update', '-qq'], { env });
  return step('trying again', 'apt-get', install, { env }) === 0 ? undefined : packageProblem(missing);
}

/** Runs one command, shows its output only when it fails, and returns its exit code. */
function step(name, program, args, options) {
  const from = performance.now();
  process.stderr.write(` • ${name} …\n`);
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  process.stderr.write(` ${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)\n`);
  if (status !== 0) process.stderr.write(error ? `${error.message}\n` : `${stdout}${stderr}`);
  return status ?? 1;
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  return 3;
}
