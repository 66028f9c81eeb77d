import { join } from 'node:path';
import { machineCommand, machineSsh } from '../../../lib/cluster/vagrant/machine-command.ts';
import { machineEnvironment } from '../../../lib/cluster/vagrant/machine-environment.ts';
import type { VagrantRecord } from '../../../lib/cluster/vagrant/record.ts';
import { messageOf, WorkshopError } from '../../../lib/errors.ts';
import { ExecError, run } from '../../../lib/exec.ts';
import type { ClusterPaths, Environment } from '../../../lib/paths.ts';
import type { Settings } from '../../../lib/settings/settings.ts';
import { runLogged } from './logged.ts';
import { readScript } from './scripts.ts';

/** What every phase is given. */
export interface Work {
  readonly paths: ClusterPaths;
  readonly record: VagrantRecord;
  readonly settings: Settings;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** One line of what is going on. */
  readonly note: (text: string) => void;
}

/** One step of `up`. Done again where all is well already, it does nothing and is quick about it. */
export interface Phase {
  readonly name: string;
  /** What it does, for `--dry-run`. */
  readonly does: (work: Pick<Work, 'settings' | 'record'>) => string;
  readonly run: (work: Work) => Promise<void>;
}

/** The names of all machines; the first carries the control plane. */
export function machinesOf({ settings }: Pick<Work, 'settings'>): readonly [string, ...string[]] {
  return settings.nodes.map(({ name }) => name) as [string, ...string[]];
}

/** Runs a command as root on a machine. Throws WorkshopError `environment` or `timeout` unless it ends with 0. */
export async function onMachine(
  { paths, signal, ...work }: Work,
  machine: string,
  argv: readonly string[],
  options: { timeoutMs?: number; input?: string } = {},
): Promise<string> {
  const [program, ...args] = machineCommand(paths, machinesOf(work), machine, argv);
  try {
    return (await run(program, args, { timeoutMs: 120_000, ...options, signal })).stdout;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ExecError ? onMachineFailed(machine, argv, error) : error;
  }
}

function onMachineFailed(machine: string, argv: readonly string[], error: ExecError): WorkshopError {
  const why = error.stderr.trim().split('\n').at(-1) || messageOf(error);
  const text =
    error.exitCode === sshFailed
      ? `could not reach ${machine}: it no longer answers`
      : `could not run ${argv[0]} on ${machine}: ${why}`;
  return new WorkshopError(error.kind === 'timeout' ? 'timeout' : 'environment', text, {
    advice: 'the same command again: it goes on from here',
    cause: error,
  });
}

/** ssh(1): an error of its own, and not the command's. */
const sshFailed = 255;

/**
 * Runs one of scripts/provision on a machine as root, its output in logs/MACHINE.log. One that an interrupted `up` has left
 * running there is waited for.
 */
export async function runScript(
  work: Work,
  machine: string,
  script: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const variables = Object.entries({ ...machineEnvironment(work.settings, machine), ...more });
  const lock = ['flock', '--wait', '1800', '/run/workshop-provision.lock'];
  const words = ['sudo', '-n', ...lock, 'sh', '-s'];
  // Secrets go by standard input: a command line can be read by everybody on the machine.
  const preamble = variables.map(([name, value]) => `export ${name}='${value}'\n`).join('');
  await runLogged([...machineSsh(work.paths, machine), '--', words.join(' ')], {
    what: `run ${script} on ${machine}`,
    log: join(work.paths.logs, `${machine}.log`),
    input: preamble + readScript(script),
    signal: work.signal,
  });
}
