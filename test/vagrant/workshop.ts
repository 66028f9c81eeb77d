import { spawn } from 'node:child_process';
import { programCommand } from '../../lib/programs.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface CallOptions {
  /** Another exit code than 0 is for the caller to judge. */
  mayFail?: boolean;
  /** Also after Ctrl-C. */
  always?: boolean;
  /** Shows nothing of it. */
  quiet?: boolean;
  /** Told of each piece of progress. */
  onProgress?: (text: string) => void;
}

export type Workshop = (args: readonly string[], options?: CallOptions) => Promise<Outcome>;

/** Runs `workshop --backend vagrant`, its progress for all to see. Throws when it fails, or when `signal` is aborted. */
export function workshopCommand(at: { state: string; bundle: string; signal: AbortSignal }): Workshop {
  const [node, ...program] = programCommand('workshop');
  return async (args, { mayFail = false, always = false, quiet = false, onProgress } = {}) => {
    if (!always) at.signal.throwIfAborted();
    const from = performance.now();
    const show = (text: string) => void (quiet || process.stderr.write(text));
    show(`$ workshop ${args.join(' ')} --backend vagrant\n`);
    const child = spawn(node, [...program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        WORKSHOP_STATE_DIR: at.state,
        WORKSHOP_BACKEND: 'vagrant',
        WORKSHOP_BUNDLE: at.bundle,
      },
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      show(chunk);
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      show(chunk);
      onProgress?.(chunk);
    });
    const interrupt = () => child.kill('SIGINT');
    if (!always) at.signal.addEventListener('abort', interrupt, { once: true });
    const exitCode = await new Promise<number>((done) => child.once('close', (code) => done(code ?? 1)));
    at.signal.removeEventListener('abort', interrupt);
    const ms = performance.now() - from;
    show(`  ended with ${exitCode} after ${Math.round(ms / 1000)} s\n`);
    if (!always) at.signal.throwIfAborted();
    if (exitCode !== 0 && !mayFail) throw new Error(`workshop ${args.join(' ')} ended with ${exitCode}`);
    return { exitCode, stdout, stderr, ms };
  };
}
