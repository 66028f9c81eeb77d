import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exitCodes, messageOf, WorkshopError } from '../../lib/errors.ts';
import { readFlags } from '../../lib/read-flags.ts';
import { boot } from './boot.ts';
import { bundleGuest } from './bundle.ts';
import { buildInitramfs } from './initramfs.ts';
import { fetchPackages } from './packages.ts';

/**
 * `npm run test:ipvs`: boots Debian's kernel, which has IPVS, in an emulated machine, and runs the ipvs backend's scenarios there
 * with real packets. Exit codes: 0 passed, 1 failed, 2 usage, 3 the machine lacks something, 4 too slow.
 */
async function main(argv: readonly string[]): Promise<number> {
  const { values } = readFlags(argv, options, { failure, advice: 'npm run test:ipvs -- --help' });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const seconds = Number(values.timeout);
  if (!(seconds > 0))
    throw new WorkshopError('usage', `${failure}: --timeout "${values.timeout}" is no time in seconds`);
  requireMachine();
  const cache = resolve(
    values.cache ?? join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'workshop'),
  );
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'test-ipvs-'));
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const started = performance.now();
  const say = (text: string) => process.stderr.write(` • ${text}\n`);
  try {
    const packages = await fetchPackages(cache, say);
    const [files] = await Promise.all([bundleGuest(folder)]);
    const initramfs = await buildInitramfs(cache, packages, {
      folder,
      files,
      arguments: { grep: values.grep, behaviour: values.behaviour },
    });
    say(`starting Linux ${packages.release} in an emulated machine`);
    const consoleLog = join(values.console ?? folder, 'console.log');
    const machine = {
      kernel: packages.kernel,
      initramfs,
      consoleLog,
      timeoutMs: seconds * 1000,
    };
    const code = await boot(machine, (line) => process.stdout.write(`${line}\n`), stop.signal);
    process.stdout.write(`${((performance.now() - started) / 1000).toFixed(0)} s in all\n`);
    return code === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const failure = 'could not test mode ipvs';

const options = {
  /** Folder for the kernel and the machine's file system; default ~/.cache/workshop. */
  cache: { type: 'string' },
  /** A regular expression: runs only the scenarios whose names match, as mocha's own flag. */
  grep: { type: 'string' },
  /** Runs the behaviour suite that all modes share instead; takes about half an hour. */
  behaviour: { type: 'boolean', default: false },
  /** Folder for the kernel's messages. */
  console: { type: 'string' },
  /** Seconds for the machine as a whole. */
  timeout: { type: 'string', default: '3600' },
  help: { type: 'boolean', short: 'h' },
} as const;

const help = `Boots a kernel that has IPVS in an emulated machine, and runs the scenarios of mode ipvs there with real packets.

Usage: npm run test:ipvs [-- FLAG …]

  --grep PATTERN     only the scenarios whose names match this regular expression
  --behaviour        the suite that all modes share instead; takes about half an hour
  --cache FOLDER     keeps the kernel and the machine's file system there [~/.cache/workshop]
  --console FOLDER   keeps the kernel's messages there
  --timeout SECONDS  for the machine as a whole [3600]
  --help, -h         prints this

Exit codes: 0 passed, 1 failed, 2 wrong command line, 3 this machine lacks something, 4 too slow.

Examples:
  npm run test:ipvs
  npm run test:ipvs -- --grep affinity --console /tmp
`;

function requireMachine(): void {
  const path = (process.env['PATH'] ?? '').split(':');
  if (path.some((folder) => existsSync(join(folder, 'qemu-system-x86_64')))) return;
  throw new WorkshopError('environment', 'could not emulate a machine: qemu-system-x86_64 is not installed', {
    advice: 'apt-get install qemu-system-x86',
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const fault = error instanceof WorkshopError ? error.fault : 'usage';
  const advice = error instanceof WorkshopError && error.advice ? `. Try ${error.advice}.` : '';
  process.stderr.write(`test:ipvs: ${messageOf(error)}${advice}\n`);
  process.exitCode = exitCodes[fault];
}
