import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type RunResult, run } from '../../lib/exec.ts';
import { programCommand } from '../../lib/programs.ts';

const [node, ...command] = programCommand('workshop');
const anyCode = Array.from({ length: 256 }, (_, code) => code);

/** The state of a test's clusters, and below it what is made once for all: never what this user has. */
function foldersIn(state: string): Record<string, string> {
  return { WORKSHOP_STATE_DIR: state, WORKSHOP_DATA_DIR: join(state, 'data') };
}

/** Runs the real `workshop` command with its state in `state`. */
export function workshop(state: string, args: readonly string[], timeoutMs = 90_000): Promise<RunResult> {
  return run(node, [...command, ...args], {
    env: { ...foldersIn(state), NO_COLOR: '1' },
    okCodes: anyCode,
    timeoutMs,
  });
}

export interface Interrupted {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Starts it, and sends SIGINT as soon as it has written `text` to stderr. */
export function interruptAt(state: string, args: readonly string[], text: string): Promise<Interrupted> {
  const child = spawn(node, [...command, ...args], {
    env: { ...process.env, ...foldersIn(state) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  let stderr = '';
  let sent = false;
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    if (sent || !stderr.includes(text)) return;
    sent = true;
    child.kill('SIGINT');
  });
  return new Promise((resolve) => child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr })));
}
