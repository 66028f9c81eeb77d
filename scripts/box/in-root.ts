import { join } from 'node:path';
import { run } from '../../lib/exec.ts';

const path = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a command in the box's folder as if that were the machine. Its /proc is mounted in a mount namespace of its own, so
 * nothing stays mounted however this ends. Throws ExecError.
 */
export async function inRoot(
  root: string,
  command: readonly string[],
  { env = {}, signal }: { env?: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<void> {
  const own = ['--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${join(root, 'proc')}`];
  const values = { PATH: path, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C', HOME: '/root', ...env };
  const variables = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  await run('unshare', [...own, 'chroot', root, '/usr/bin/env', '-i', ...variables, ...command], { signal });
}
