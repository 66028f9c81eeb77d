import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from '../../lib/process-identity.ts';
import { enter } from '../network/build.ts';
import type { ComponentSpec } from './component.ts';

export interface Running {
  readonly identity: ProcessIdentity | undefined;
  readonly restarts: number;
  readonly startedAt: string;
  readonly adopted: boolean;
  /** Resolves with the reason when it is gone. */
  readonly ended: Promise<string>;
}

/** Starts the component in its node's network, its output going straight to its log file: that outlives this process. */
export function launch(spec: ComponentSpec, restarts: number): Running {
  const [program, ...args] = [...enter(spec.node), ...spec.command];
  const log = openLog(spec.logFile);
  const child = spawn(program, args, {
    stdio: ['ignore', log ?? 'ignore', log ?? 'ignore'],
    cwd: '/',
    // Its own process group: signals of a terminal are none of its business.
    detached: true,
  });
  if (log !== undefined) closeSync(log);
  const startedAt = new Date().toISOString();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity) writeFileSync(noteOf(spec), JSON.stringify({ identity, restarts, startedAt }));
  return { identity, restarts, startedAt, adopted: false, ended: endOf(child) };
}

/** The component's process if an earlier inner supervisor has left one that still runs. */
export function adopt(spec: ComponentSpec): Running | undefined {
  const note = readNote(spec);
  if (!note || !isAlive(note.identity)) return undefined;
  return { ...note, adopted: true, ended: goneFrom(note.identity) };
}

interface Note {
  identity: ProcessIdentity;
  restarts: number;
  startedAt: string;
}

function readNote(spec: ComponentSpec): Note | undefined {
  try {
    return JSON.parse(readFileSync(noteOf(spec), 'utf8')) as Note;
  } catch {
    return undefined;
  }
}

function noteOf(spec: ComponentSpec): string {
  return `/run/workshop/${spec.name}.json`;
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

/** Not our child, so nobody tells us when it ends: look now and then. */
async function goneFrom(identity: ProcessIdentity): Promise<string> {
  while (isAlive(identity)) await delay(250);
  return 'ended';
}

/** Undefined when the disk is full: a component without a log is better than none. */
function openLog(file: string): number | undefined {
  try {
    return openSync(file, 'a', 0o600);
  } catch {
    return undefined;
  }
}
