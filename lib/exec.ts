import { execa } from 'execa';

export interface RunOptions {
  /** Text for the command's standard input. Without it the input is closed. */
  input?: string | undefined;
  /** Aborting it ends the command (SIGTERM, five seconds later SIGKILL). */
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  env?: Record<string, string> | undefined;
  cwd?: string | undefined;
  /** Exit codes that are an answer, not a failure. Default: 0 alone. */
  okCodes?: readonly number[] | undefined;
}

export interface RunResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** A command that could not be started, failed, or was ended. `exitCode` is undefined when it did not exit by itself. */
export class ExecError extends Error {
  readonly command: string;
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly kind: 'missing' | 'failed' | 'timeout' | 'aborted';

  constructor(
    kind: ExecError['kind'],
    command: string,
    message: string,
    result: { exitCode?: number | undefined; stdout?: string; stderr?: string; cause?: unknown },
  ) {
    super(message, { cause: result.cause });
    this.name = 'ExecError';
    this.kind = kind;
    this.command = command;
    this.exitCode = result.exitCode;
    this.stdout = result.stdout ?? '';
    this.stderr = result.stderr ?? '';
  }
}

/**
 * Runs one program with an argument array (never through a shell), under LC_ALL=C, and waits for its end.
 * Throws ExecError when it cannot be started, exits with a code outside `okCodes`, runs too long or is aborted.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const result = await execa(command, args, {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 512 * 1024 * 1024,
    forceKillAfterDelay: 5000,
    env: { LC_ALL: 'C', ...options.env, PATH: searchPath() },
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.signal && { cancelSignal: options.signal }),
    ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  const { stdout, stderr, exitCode } = result;
  if (exitCode !== undefined && !result.isTerminated && (options.okCodes ?? [0]).includes(exitCode)) {
    return { stdout, stderr, exitCode };
  }
  const kind = failureKind(result);
  throw new ExecError(kind, command, failureText(kind, command, args, result, options), {
    exitCode,
    stdout,
    stderr,
    cause: result.cause,
  });
}

interface Failure {
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly code?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly stderr: string;
}

function failureKind(result: Failure): ExecError['kind'] {
  if (result.timedOut) return 'timeout';
  if (result.isCanceled) return 'aborted';
  return result.code === 'ENOENT' || result.code === 'EACCES' ? 'missing' : 'failed';
}

function failureText(
  kind: ExecError['kind'],
  command: string,
  args: readonly string[],
  result: Failure,
  options: RunOptions,
): string {
  const name = [command, ...args.slice(0, 3)].join(' ');
  if (kind === 'timeout') return `could not run ${name}: no end after ${options.timeoutMs} ms`;
  if (kind === 'aborted') return `could not finish ${name}: it was interrupted`;
  if (kind === 'missing') return `could not run ${command}: no such program`;
  const why = result.stderr.trim().split('\n')[0] || result.signal || `exit code ${result.exitCode}`;
  return `could not run ${name}: ${why}`;
}

/** PATH for the programs run here: those of administrators (nft, ip) are outside an ordinary user's on Debian. */
export function searchPath(): string {
  const path = (process.env['PATH'] ?? '/usr/bin:/bin').split(':');
  const missing = ['/usr/sbin', '/sbin'].filter((folder) => !path.includes(folder));
  return [...path, ...missing].join(':');
}
