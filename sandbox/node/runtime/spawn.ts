import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../../../lib/root.ts';
import type { ProcessId } from './process-id.ts';
import { spawnTerminal, type Terminal } from './terminal.ts';

export interface ContainerRun {
  /** 64 hexadecimal digits, new for each start. */
  id: string;
  /** Folder of the container; its pipes are there already. */
  folder: string;
  logPath: string;
  tty: boolean;
  stdin: boolean;
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
