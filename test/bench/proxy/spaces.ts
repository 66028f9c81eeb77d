import { run } from '../../../lib/exec.ts';

/** Runs a bundled program of that folder in a network namespace of its own. Resolves with the JSON that it prints. */
export type InSpace = <T>(program: string, ...args: readonly (string | number)[]) => Promise<T>;

/** Root may send the kernel messages of any size, others may not: each is measured as what it is. */
export function inSpaceOf(folder: string): InSpace {
  const spaces =
    process.getuid?.() === 0 ? ['--net', '--mount'] : ['--user', '--map-root-user', '--net', '--mount'];
  return async <T>(program: string, ...args: readonly (string | number)[]): Promise<T> => {
    const command = [process.execPath, `${folder}/${program}.mjs`, ...args.map(String)];
    const { stdout } = await run('unshare', [...spaces, ...command], { timeoutMs: 600_000 });
    return JSON.parse(stdout) as T;
  };
}
