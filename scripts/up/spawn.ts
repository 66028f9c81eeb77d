import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { exitCodes, type Fault, messageOf, WorkshopError } from '../../lib/errors.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import { identify, type ProcessIdentity } from '../../lib/process-identity.ts';
import { programCommand } from '../../lib/programs.ts';
import { lean } from '../../sandbox/supervise/lean.ts';
import type { Context } from '../cli/command.ts';

export interface Started {
  readonly identity: ProcessIdentity | undefined;
  /** Rejects with what it said when it ends before its time. */
  readonly failed: Promise<never>;
}

/** Starts `sandbox supervise` as a daemon: it outlives this process and its terminal. */
export function spawnSupervisor(context: Context, paths: ClusterPaths, publish: readonly number[]): Started {
  const file = `${paths.logs}/supervise.log`;
  const log = openLog(paths.logs, file);
  const settings = context.flags['settings'];
  const [program, ...args] = [
    ...programCommand('sandbox', lean),
    ...['supervise', '--name', paths.name, '--state-dir', paths.state],
    ...(typeof settings === 'string' ? ['--settings', settings] : []),
    ...publish.flatMap((port) => ['--publish', String(port)]),
  ] as [string, ...string[]];
  const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  child.unref();
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(lastWords(file, code, signal)));
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

/** The error that the supervisor has logged last. */
function lastWords(file: string, code: number | null, signal: NodeJS.Signals | null): WorkshopError {
  if (signal !== null) {
    return new WorkshopError(
      'environment',
      `could not bring up the cluster: its supervisor was ended (${signal})`,
    );
  }
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const last = lines.map(parse).findLast((line) => line?.level === 'error');
  const fault = (Object.keys(exitCodes) as Fault[]).find((name) => exitCodes[name] === code) ?? 'bug';
  const message = last?.msg ?? `could not start the supervisor: exit code ${code}: ${lines.at(-1)}`;
  return new WorkshopError(fault, message, { advice: last?.advice ?? `look into ${file}` });
}

interface LogLine {
  level: string;
  msg: string;
  advice?: string;
}

function parse(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}
