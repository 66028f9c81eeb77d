import { run } from '../../../lib/exec.ts';
import { proxyNodeFlags } from '../../../lib/programs.ts';

/** Runs a bundled program of that folder in a network namespace of its own. Resolves with the JSON that it prints. */
export type InSpace = <T>(program: string, ...args: readonly (string | number)[]) => Promise<T>;

/** Root may send the kernel messages of any size, others may not: each is measured as what it is, and as a node runs the proxy. */
export function inSpaceOf(folder: string): InSpace {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  // With a process table of its own: whatever a program leaves ends with it.
  const spaces = [...user, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return async <T>(program: string, ...args: readonly (string | number)[]): Promise<T> => {
    const command = [process.execPath, ...proxyNodeFlags, `${folder}/${program}.mjs`, ...args.map(String)];
    const { stdout } = await run('unshare', [...spaces, ...command], { timeoutMs: 600_000 });
    return JSON.parse(stdout) as T;
  };
}
