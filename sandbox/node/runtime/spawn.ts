import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../../../lib/root.ts';
import type { ProcessId } from './process-id.ts';

export interface ContainerRun {
  /** 64 hexadecimal digits, new for each start. */
  id: string;
  /** Folder of the container; its pipes are there already. */
  folder: string;
  logPath: string;
  tty: boolean;
  stdin: boolean;
}

/** A pseudo terminal held by this agent. */
export interface Terminal {
  write(data: Buffer): void;
  resize(columns: number, rows: number): void;
  /** Calls back for each piece of output; the returned function stops that. */
  onData(listener: (data: Buffer) => void): () => void;
  onExit(listener: (exitCode: number) => void): void;
  /** Stops and resumes reading what the program writes. */
  pause(): void;
  resume(): void;
  kill(): void;
}

/** The folder of the shell scripts that run as containers' first processes. */
export function shellFolder(): string {
  return join(repositoryRoot(), 'sandbox/node/runtime/shell');
}

/** Arguments for nsenter that lead into a pod's shared namespaces. */
export function enterPod(holder: ProcessId, hostNetwork: boolean): string[] {
  return ['-t', String(holder.pid), '-i', ...(hostNetwork ? [] : ['-n', '-u']), '--'];
}

/**
 * Starts the shim of a container, detached from this process; with a terminal when the container asks for one (such a
 * container ends with this process, since the terminal does).
 */
export function spawnShim(
  run: ContainerRun,
  launch: { holder: ProcessId; hostNetwork: boolean; init: readonly string[]; env: Record<string, string> },
  onTerminalData: (data: Buffer) => void,
): Terminal | undefined {
  const io = run.tty ? 'tty' : run.stdin ? 'stdin' : 'closed';
  const busybox = launch.env['BUSYBOX'] ?? 'busybox';
  const args = [
    ...enterPod(launch.holder, launch.hostNetwork),
    ...[busybox, 'sh', join(shellFolder(), 'shim.sh'), run.folder, run.id, io],
    ...[join(shellFolder(), 'init.sh'), run.folder, run.id],
    ...launch.init,
  ];
  const env = { PATH: hostPath, ...launch.env };
  if (run.tty) {
    const terminal = spawnTerminal('nsenter', args, env);
    terminal.onData(onTerminalData);
    return terminal;
  }
  spawn('nsenter', args, { detached: true, stdio: 'ignore', env })
    .on('error', () => {})
    .unref();
  return undefined;
}

export const hostPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

let openTerminal: typeof import('@lydell/node-pty').spawn | undefined;

/** Loads the machine code for terminals; nothing else needs it, so it is loaded when first wanted. */
export async function loadTerminals(): Promise<void> {
  openTerminal ??= (await import('@lydell/node-pty')).spawn;
}

/** Runs a program in a new pseudo terminal. Throws unless loadTerminals has been awaited. */
export function spawnTerminal(command: string, args: string[], env: Record<string, string>): Terminal {
  if (!openTerminal) throw new Error('could not open a terminal: its library is not loaded');
  const pty = openTerminal(command, args, { name: 'xterm', cols: 80, rows: 24, env, encoding: null });
  return {
    // The typings of the package forget that its write takes bytes as well.
    write: (data) => pty.write(data as unknown as string),
    resize: (columns, rows) => {
      if (columns > 0 && rows > 0) pty.resize(columns, rows);
    },
    onData: (listener) => {
      const handle = pty.onData((data) => listener(Buffer.from(data)));
      return () => handle.dispose();
    },
    onExit: (listener) => {
      pty.onExit(({ exitCode, signal }) => listener(signal ? 128 + signal : exitCode));
    },
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    kill: () => pty.kill(),
  };
}
