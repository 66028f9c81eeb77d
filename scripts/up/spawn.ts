import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import type { ControlPlane } from '../../lib/cluster/control-plane.ts';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import { identify, type ProcessIdentity } from '../../lib/process-identity.ts';
import { programCommand } from '../../lib/programs.ts';
import type { LastWords } from '../../sandbox/supervise/last-words.ts';
import { lean } from '../../sandbox/supervise/lean.ts';
import type { Context } from '../cli/command.ts';

export interface Started {
  readonly identity: ProcessIdentity | undefined;
  /** Rejects with what it said when it ends before its time. */
  readonly failed: Promise<never>;
}

/** Starts `sandbox supervise` as a daemon: it outlives this process and its terminal. */
export function spawnSupervisor(
  context: Context,
  paths: ClusterPaths,
  { publish, controlPlane }: { publish: readonly number[]; controlPlane: ControlPlane },
): Started {
  const file = `${paths.logs}/supervise.log`;
  const log = openLog(paths.logs, file);
  const settings = context.flags['settings'];
  const [program, ...args] = [
    ...programCommand('sandbox', lean),
    ...['supervise', '--name', paths.name, '--state-dir', paths.state],
    ...(typeof settings === 'string' ? ['--settings', settings] : []),
    ...publish.flatMap((port) => ['--publish', String(port)]),
    ...(controlPlane.kind === 'kubernetes' ? ['--bundle', controlPlane.bundle] : []),
  ] as [string, ...string[]];
  const child = spawn(program, args, {
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  child.unref();
  child.channel?.unref();
  let told: LastWords | undefined;
  child.on('message', (words) => {
    told = words as LastWords;
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(failure(file, code ?? signal, told)));
  });
  failed.catch(() => {});
  return { identity: child.pid === undefined ? undefined : identify(child.pid), failed };
}

function openLog(folder: string, file: string): number {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return openSync(file, 'a', 0o600);
  } catch (error) {
    throw new WorkshopError('environment', `could not write to the state folder: ${messageOf(error)}`, {
      advice: 'another folder in WORKSHOP_STATE_DIR',
      cause: error,
    });
  }
}

function failure(file: string, code: number | string | null, told: LastWords | undefined): WorkshopError {
  if (told)
    return new WorkshopError(told.fault, told.message, { ...(told.advice && { advice: told.advice }) });
  const message = `could not bring up the cluster: its supervisor ended (${code})`;
  return new WorkshopError('environment', message, { advice: `look into ${file}` });
}
