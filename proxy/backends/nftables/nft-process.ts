import { type ChildProcess, spawn } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ExecError, searchPath } from '../../../lib/exec.ts';

/** An nft that reads commands and carries them out, as one transaction, when they end. */
export interface NftProcess {
  write(text: string): Promise<void>;
  /** Writes the end. Resolves when nft has succeeded, throws ExecError otherwise. */
  finish(text: string): Promise<void>;
  kill(why: 'timeout' | 'aborted'): void;
  /** Makes this process wait for it, which it does not from the beginning. */
  keepAlive(): void;
  isOver(): boolean;
}

/** Starts nft, which reads from its standard input; that ends with this process. */
export function startNft(): NftProcess {
  const env = { ...process.env, LC_ALL: 'C', PATH: searchPath() };
  const child = spawn('nft', ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'], env });
  const fate: Fate = { failure: undefined, killed: undefined, stderr: '' };
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', (error) => {
      fate.failure = error;
      resolve();
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    fate.stderr += text;
  });
  // When it ends early, its exit says why.
  child.stdin.on('error', () => {});
  // Streams of child processes are sockets (node:child_process), which their types do not say.
  const parts = [child, child.stdin, child.stderr] as unknown as { ref(): void; unref(): void }[];
  for (const part of parts) part.unref();
  return {
    async write(text) {
      child.stdin.write(text, 'latin1');
      await nextTurn();
    },
    async finish(text) {
      child.stdin.end(text, 'latin1');
      await closed;
      if (child.exitCode !== 0 || fate.killed) throw failed(child, fate);
    },
    kill(why) {
      fate.killed ??= why;
      child.kill('SIGKILL');
    },
    keepAlive() {
      for (const part of parts) part.ref();
    },
    isOver: () => fate.failure !== undefined || child.exitCode !== null || child.signalCode !== null,
  };
}

interface Fate {
  failure: Error | undefined;
  killed: 'timeout' | 'aborted' | undefined;
  stderr: string;
}

function failed(child: ChildProcess, { failure, killed, stderr }: Fate): ExecError {
  const result = { ...(child.exitCode !== null && { exitCode: child.exitCode }), stderr, cause: failure };
  const because = (kind: ExecError['kind'], text: string) => new ExecError(kind, 'nft', text, result);
  if (killed === 'timeout') return because('timeout', 'could not run nft -f: it did not end in time');
  if (killed === 'aborted') return because('aborted', 'could not finish nft -f: it was interrupted');
  if (failure && 'code' in failure && (failure.code === 'ENOENT' || failure.code === 'EACCES')) {
    return because('missing', 'could not run nft: no such program');
  }
  const said = stderr.trim().split('\n')[0] || failure?.message;
  return because(
    'failed',
    `could not run nft -f: ${said || child.signalCode || `exit code ${child.exitCode}`}`,
  );
}
