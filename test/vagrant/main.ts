import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exitCodes, messageOf, WorkshopError } from '../../lib/errors.ts';
import { bundleFolder } from '../../lib/paths.ts';
import { readFlags } from '../../lib/read-flags.ts';
import { faults } from './faults.ts';
import { leftBehind } from './inventory.ts';
import { killedInEachPhase } from './kills.ts';
import { namesWrongSettings, sameInRuby, validates } from './vagrantfile.ts';
import { type Workshop, workshopCommand } from './workshop.ts';

/**
 * `npm run test:vagrant`: makes the cluster of virtual machines from the bundle and the box, runs every check on it, tries what
 * may happen to machines, and removes it; nothing of it may be left. Takes the better part of an hour where machines are emulated.
 * Exit codes: 0 passed, 1 failed, 2 usage, 3 the machine lacks something, 130 interrupted.
 */
async function main(argv: readonly string[]): Promise<number> {
  const { values } = readFlags(argv, options, {
    failure: 'could not test the virtual machines',
    advice: 'npm run test:vagrant -- --help',
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const state = mkdtempSync(join(tmpdir(), 'test-vagrant-'));
  const reports = resolve(values.reports ?? state);
  mkdirSync(reports, { recursive: true });
  const bundle = resolve(values.bundle ?? process.env['WORKSHOP_BUNDLE'] ?? bundleFolder());
  const workshop = workshopCommand({ state, bundle, signal: stop.signal });
  const before = await leftBehind();
  const failures: string[] = [];
  try {
    for await (const failure of tried(workshop, values, reports)) failures.push(failure);
  } catch (error) {
    failures.push(stop.signal.aborted ? 'interrupted' : messageOf(error));
    await workshop(['logs', '--export', join(reports, 'logs')], { mayFail: true }).catch(() => {});
  } finally {
    if (!values.keep)
      await workshop(['down'], { always: true }).catch((error: unknown) => failures.push(messageOf(error)));
  }
  if (!values.keep) {
    const more = (await leftBehind()).filter((thing) => !before.includes(thing));
    if (more.length > 0) failures.push(`left behind: ${more.join(', ')}`);
    if (reports !== state) writeFileSync(join(reports, 'vagrant-failures.txt'), failures.join('\n'));
    rmSync(state, { recursive: true, force: true });
  }
  for (const failure of failures) process.stderr.write(` ✗ ${failure}\n`);
  process.stdout.write(failures.length === 0 ? 'all is well\n' : `${failures.length} failed\n`);
  if (stop.signal.aborted) return interrupted;
  return failures.length === 0 ? 0 : 1;
}

/** Makes the cluster and tries what the flags say; what did not go well, in words. Throws at what nothing can go on after. */
async function* tried(workshop: Workshop, flags: Flags, reports: string): AsyncGenerator<string> {
  await sameInRuby();
  await namesWrongSettings();
  await validates();
  await workshop(['doctor']);
  if (flags.kills) yield* await killedInEachPhase(workshop);
  await workshop(['up']);
  await workshop(['status', '--exit-status']);
  await workshop(['apply', '--wait']);
  const chosen = flags.checks === undefined ? ['--all'] : flags.checks.split(/[ ,]+/);
  const junit = ['--junit', join(reports, 'vagrant.xml')];
  const checks = await workshop(['verify', ...chosen, ...junit], { mayFail: true });
  if (checks.exitCode !== 0) yield `verify ${chosen.join(' ')} ended with ${checks.exitCode}`;
  if (flags.faults) yield* await faults(workshop);
  await workshop(['doctor']);
}

interface Flags {
  readonly kills: boolean;
  readonly checks?: string | undefined;
  readonly faults: boolean;
}

/** What shells say of an interrupted program. */
const interrupted = 130;

const options = {
  bundle: { type: 'string' },
  /** Folder for JUnit's file and, after a failure, the logs. */
  reports: { type: 'string' },
  /** Claims to check in place of all. */
  checks: { type: 'string' },
  /** Also cuts the power of a machine in each phase of `up`. */
  kills: { type: 'boolean', default: false },
  /** Leaves the cluster there. */
  keep: { type: 'boolean', default: false },
  /** Also tries what may happen to machines. */
  faults: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

const help = `Makes the cluster of virtual machines, runs every check on it, removes it, and looks whether anything was left behind.

Usage: npm run test:vagrant [-- FLAG …]

  --kills           first cuts the power of a machine in each phase of up
  --checks "ID …"   checks these claims in place of all
  --faults          also tries what may happen to machines
  --bundle FOLDER   the bundle to make it from
  --reports FOLDER  JUnit's file and, after a failure, the logs
  --keep            leaves the cluster there
  --help, -h        prints this

Exit codes: 0 passed, 1 failed, 2 wrong command line, 3 this machine lacks something, 130 interrupted.

Examples:
  npm run test:vagrant
  npm run test:vagrant -- --faults --reports /tmp/reports
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const advice = error instanceof WorkshopError && error.advice ? `. Try ${error.advice}.` : '';
  process.stderr.write(`${messageOf(error)}${advice}\n`);
  process.exitCode = error instanceof WorkshopError ? exitCodes[error.fault] : 1;
}
