import { join } from 'node:path';
import { run } from '../../lib/exec.ts';

const path = '/usr/sbin:/usr/bin:/sbin:/bin';

export interface InRootOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A folder of this computer that the command finds at /mnt, to be read alone. */
  readonly folder?: string;
  readonly input?: string;
  readonly signal: AbortSignal;
}

/**
 * Runs a command in the box's folder as if that were the machine. What is mounted for it is mounted in a mount namespace of its
 * own, so nothing stays mounted however this ends; nor does a process that the command leaves behind. Throws ExecError.
 */
export async function inRoot(
  root: string,
  command: readonly string[],
  { env = {}, folder, input, signal }: InRootOptions,
): Promise<void> {
  const own = ['--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${join(root, 'proc')}`];
  const values = { PATH: path, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C', HOME: '/root', ...env };
  const variables = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const show = folder === undefined ? [] : ['sh', '-c', showAtMnt, 'sh', folder, root];
  const inside = ['chroot', root, '/usr/bin/env', '-i', ...variables, ...command];
  await run('unshare', [...own, ...show, ...inside], { input, signal });
}

const showAtMnt = 'mount --bind -o ro "$1" "$2/mnt" && shift 2 && exec "$@"';
