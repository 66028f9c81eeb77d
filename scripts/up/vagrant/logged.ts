import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { WorkshopError } from '../../../lib/errors.ts';

export interface LoggedOptions {
  /** What the command says goes here, after what is there already. */
  log: string;
  /** In words that complete "could not …". */
  what: string;
  input?: string | undefined;
  env?: Readonly<Record<string, string>> | undefined;
  cwd?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Runs a long command with its output in a log file. When `signal` is aborted it is asked to end as by Ctrl-C, and killed when
 * that takes long. Throws WorkshopError `environment` with the last of what it said and where the rest is.
 */
export async function runLogged(
  command: readonly [string, ...string[]],
  options: LoggedOptions,
): Promise<void> {
  const { log, what, input, signal } = options;
  const [program, ...args] = command;
  signal?.throwIfAborted();
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
  appendFileSync(log, `--- ${new Date().toISOString()} ${what}\n`, { mode: 0o600 });
  const file = openSync(log, 'a', 0o600);
  const child = spawn(program, args, {
    stdio: [input === undefined ? 'ignore' : 'pipe', file, file],
    env: { ...process.env, LC_ALL: 'C', ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    // Ctrl-C on the terminal is for us; we pass it on.
    detached: true,
  });
  closeSync(file);
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const end = endOnAbort(child.pid, signal);
  try {
    const [code, by] = (await once(child, 'exit')) as [number | null, string | null];
    signal?.throwIfAborted();
    if (code !== 0) throw failure(what, log, code ?? by);
  } finally {
    end();
  }
}

const patienceMs = 20_000;

/** Interrupts the process group when the signal comes. Returns what takes that back. */
function endOnAbort(pid: number | undefined, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined;
  const send = (name: NodeJS.Signals) => {
    try {
      if (pid !== undefined) process.kill(-pid, name);
    } catch {
      // It is gone.
    }
  };
  const onAbort = () => {
    send('SIGINT');
    timer = setTimeout(() => send('SIGKILL'), patienceMs);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
}

function failure(what: string, log: string, code: number | string | null): WorkshopError {
  const said = lastWords(readFileSync(log, 'utf8'));
  return new WorkshopError('environment', `could not ${what} (${code})${said === '' ? '' : `: ${said}`}`, {
    advice: `the whole story is in ${log}; the same command again goes on from here`,
  });
}

/** The last line that says something; stack traces of Ruby and Vagrant's progress say nothing. */
export function lastWords(text: string): string {
  const lines = text
    .slice(-20_000)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^\/.*:in `|^Progress|^---/.test(line));
  const fault = lines.findLast((line) => /error|failed|could not|cannot|denied|no space/i.test(line));
  return (fault ?? lines.at(-1) ?? '').slice(0, 300);
}
