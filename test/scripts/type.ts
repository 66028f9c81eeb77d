import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type RunResult, run } from '../../lib/exec.ts';
import { repositoryRoot } from '../../lib/root.ts';

const command = join(repositoryRoot(), 'scripts', 'bin', 'workshop.js');
const anyCode = Array.from({ length: 256 }, (_, code) => code);

/** Runs the real `workshop` command with its state in `state`. */
export function workshop(state: string, args: readonly string[], timeoutMs = 90_000): Promise<RunResult> {
  return run(process.execPath, [command, ...args], {
    env: { WORKSHOP_STATE_DIR: state, NO_COLOR: '1' },
    okCodes: anyCode,
    timeoutMs,
  });
}

export interface Interrupted {
  exitCode: number | null;
  stderr: string;
}

/** Starts it, and sends SIGINT as soon as it has written `text` to stderr. */
export function interruptAt(state: string, args: readonly string[], text: string): Promise<Interrupted> {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, WORKSHOP_STATE_DIR: state },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  let sent = false;
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    if (sent || !stderr.includes(text)) return;
    sent = true;
    child.kill('SIGINT');
  });
  return new Promise((resolve) => child.once('close', (exitCode) => resolve({ exitCode, stderr })));
}
