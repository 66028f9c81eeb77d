import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Runs a program on this process's own streams and terminal; resolves with its exit code. */
export function attach([program, ...args]: readonly [string, ...string[]]): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit' });
  // Ctrl-C is for the program on the terminal; it decides.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  }).finally(() => process.off('SIGINT', ignore));
}
