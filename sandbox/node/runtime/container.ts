import { EventEmitter } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openFifo, readLines } from './fifo.ts';
import { type LogFile, openLogFile, type StreamName } from './log-file.ts';
import { outputReader } from './output-stream.ts';
import { identify, isAlive, type ProcessId, signalProcess } from './process-id.ts';
import { type ContainerRun, spawnShim } from './spawn.ts';
import type { Terminal } from './terminal.ts';

/** A container that was started or found again. */
export interface LiveContainer {
  readonly run: ContainerRun;
  readonly process: ProcessId | undefined;
  readonly log: LogFile;
  /** `data` (stream, chunk) for everything it writes. */
  readonly output: EventEmitter;
  /** The container's terminal while this agent holds it. */
  readonly terminal: Terminal | undefined;
  /** Resolves with the first process once the program is about to run. Rejects with the reason why it cannot. */
  readonly started: Promise<ProcessId | undefined>;
  /** Resolves with the exit code when it is over and all its output has been read. */
  readonly exited: Promise<number>;
  /** Passes input on; undefined ends it. */
  input(data: Buffer | undefined): void;
  signal(name: NodeJS.Signals): boolean;
  /** Lets go of the container: it runs on, and another agent may take it over. */
  release(): void;
}

/** How often a container whose end went unnoticed (its starter was killed) is looked for. */
const patrolMs = 2000;
/** Exit code of a container that vanished without leaving one. */
const vanished = 137;

/** Starts a container in the namespaces of `holder`. `argv` is what spawnShim gives to init.sh. */
export function startContainer(
  run: ContainerRun,
  launch: { holder: ProcessId; hostNetwork: boolean; init: readonly string[]; env: Record<string, string> },
): LiveContainer {
  rmSync(join(run.folder, 'exit'), { force: true });
  return follow(run, undefined, (onTerminalData) => spawnShim(run, launch, onTerminalData));
}

/** Takes over a container that an earlier agent started; `process` is its first process, alive or not. */
export function adoptContainer(run: ContainerRun, process: ProcessId): LiveContainer {
  return follow(run, process, () => undefined);
}

function follow(
  run: ContainerRun,
  known: ProcessId | undefined,
  spawn: (onData: (data: Buffer) => void) => Terminal | undefined,
): LiveContainer {
  const output = new EventEmitter().setMaxListeners(0);
  const log = openLogFile(run.logPath);
  const start = settled<ProcessId | undefined>();
  const exit = settled<number>();
  const closers: (() => void)[] = [];
  let process = known;
  let code: number | undefined;
  let openStreams = run.tty ? 0 : 2;

  const onData = (stream: StreamName) => (data: Buffer) => {
    log.write(stream, data);
    output.emit('data', stream, data);
  };
  const finish = () => {
    for (const close of closers.splice(0)) close();
    log.end();
    start.resolve(process);
    exit.resolve(code ?? exitCodeIn(run.folder) ?? vanished);
  };
  const finishIfComplete = () => {
    if (code !== undefined && openStreams <= 0) finish();
  };
  const onEvent = (line: string) => {
    const [verb, id, ...rest] = line.split(' ');
    if (id !== run.id) return;
    if (verb === 'started') {
      process = identify(Number(rest[0]));
      start.resolve(process);
    }
    if (verb === 'failed') start.reject(new StartFault(rest.join(' ')));
    if (verb === 'exited') {
      code = Number(rest[0]);
      finishIfComplete();
    }
  };

  closers.push(readLines(join(run.folder, 'events'), onEvent));
  if (!run.tty) {
    for (const stream of ['stdout', 'stderr'] as const) {
      const onEnd = (id: string) => {
        if (id !== run.id) return;
        openStreams -= 1;
        finishIfComplete();
      };
      const reader = outputReader(onData(stream), onEnd);
      const pipe = openFifo(join(run.folder, stream === 'stdout' ? 'out' : 'err'));
      pipe.on('error', () => {}).on('data', (chunk: Buffer) => reader.feed(chunk));
      closers.push(() => pipe.destroy());
    }
  }
  const input = run.stdin && !run.tty ? openFifo(join(run.folder, 'in'), 'write') : undefined;
  input?.on('error', () => {});
  if (input) closers.push(() => input.destroy());
  const terminal = spawn(onData('stdout'));
  closers.push(patrol(() => process, finish));

  return {
    run,
    log,
    output,
    terminal,
    get process() {
      return process;
    },
    started: start.promise,
    exited: exit.promise,
    input(data) {
      if (terminal) terminal.write(data ?? Buffer.from([4]));
      else if (data === undefined) input?.write('', () => input.destroy());
      else input?.write(data);
    },
    signal: (name) => process !== undefined && signalProcess(process, name),
    release: () => {
      for (const close of closers.splice(0)) close();
    },
  };
}

/** Why a program could not be started. */
export class StartFault extends Error {}

function patrol(process: () => ProcessId | undefined, onGone: () => void): () => void {
  let suspected = false;
  const timer = setInterval(() => {
    const known = process();
    if (known === undefined || isAlive(known)) return;
    // Once may be the moment before the starter reports the exit code.
    if (suspected) onGone();
    suspected = true;
  }, patrolMs);
  return () => clearInterval(timer);
}

function exitCodeIn(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, 'exit'), 'utf8').trim());
  } catch {
    return undefined;
  }
}

function settled<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: Error) => void } {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
