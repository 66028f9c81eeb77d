import { spawn } from 'node:child_process';
import { messageOf } from '../../../lib/errors.ts';
import type { ContainerRecord } from '../pods/record.ts';
import { enterContainer } from '../runtime/enter.ts';
import type { ProcessId } from '../runtime/process-id.ts';
import { hostPath } from '../runtime/spawn.ts';
import { spawnTerminal, type Terminal } from '../runtime/terminal.ts';
import { exitStatus, failureStatus, type RemoteStreams } from './streams.ts';

export interface ExecOptions {
  process: ProcessId;
  record: ContainerRecord;
  command: readonly string[];
  tty: boolean;
  stdin: boolean;
}

/** Runs a command in a container, joined to the client's streams, until it ends. For a terminal, loadTerminals comes first. */
export async function runExec(options: ExecOptions, streams: RemoteStreams): Promise<void> {
  const extra: Record<string, string> = options.tty ? { TERM: 'xterm' } : {};
  const args = enterContainer(options.process, options.record, options.command, extra);
  try {
    const exitCode = options.tty
      ? await inTerminal(args, streams)
      : await piped(args, options.stdin, streams);
    streams.finish(exitStatus(exitCode));
  } catch (error) {
    streams.finish(failureStatus(messageOf(error)));
  }
}

function inTerminal(args: string[], streams: RemoteStreams): Promise<number> {
  const terminal = spawnTerminal('nsenter', args, { PATH: hostPath });
  const disconnect = connectTerminal(terminal, streams);
  streams.onGone(() => {
    disconnect();
    terminal.kill();
  });
  return new Promise((resolve) => terminal.onExit(resolve));
}

/** Joins a terminal to the client both ways; returns what parts them again, and has nobody hold the terminal back. */
export function connectTerminal(terminal: Terminal, streams: RemoteStreams): () => void {
  streams.onStdin((data) => terminal.write(data ?? Buffer.from([4])));
  streams.onResize(({ columns, rows }) => terminal.resize(columns, rows));
  let unsent = 0;
  const stop = terminal.onData((data) => {
    unsent++;
    terminal.pause();
    void streams.write('stdout', data).then(() => {
      unsent--;
      if (unsent === 0) terminal.resume();
    });
  });
  return () => {
    stop();
    terminal.resume();
  };
}

function piped(args: string[], withInput: boolean, streams: RemoteStreams): Promise<number> {
  const child = spawn('nsenter', args, {
    stdio: [withInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    env: { PATH: hostPath },
  });
  const { stdin, stdout, stderr } = child;
  if (stdin) {
    stdin.on('error', () => {});
    stdin.on('drain', () => streams.holdStdin(false));
    streams.onStdin((data) => {
      if (data === undefined) stdin.end();
      else if (!stdin.destroyed && !stdin.write(data)) streams.holdStdin(true);
    });
  }
  streams.onGone(() => {
    stdin?.destroy();
    stdout?.destroy();
    stderr?.destroy();
  });
  const copied = [stdout && copy('stdout', stdout, streams), stderr && copy('stderr', stderr, streams)];
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      void Promise.all(copied).then(() => resolve(code ?? (signal ? 137 : 1)));
    });
  });
}

async function copy(
  stream: 'stdout' | 'stderr',
  source: AsyncIterable<Buffer>,
  streams: RemoteStreams,
): Promise<void> {
  try {
    for await (const chunk of source) await streams.write(stream, chunk);
  } catch {
    // The client is gone; what the command still says is lost, as with the kubelet.
  }
}
