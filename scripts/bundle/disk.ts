import { linkSync, mkdirSync, rmSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WorkshopError } from '../../lib/errors.ts';
import { ExecError, run } from '../../lib/exec.ts';
import { programs } from './programs.ts';

/**
 * Makes `file`: an ext4 file system with the label `bundle` and these files of `folder`, without a journal since it is only
 * read. No mount and no root is needed. Throws WorkshopError `environment` without e2fsprogs.
 */
export async function makeDisk(
  file: string,
  { folder, paths, bytes }: { folder: string; paths: readonly string[]; bytes: number },
  signal?: AbortSignal,
): Promise<void> {
  const tree = `${file}.tree`;
  try {
    for (const path of paths) {
      mkdirSync(dirname(join(tree, path)), { recursive: true, mode: 0o755 });
      linkSync(join(folder, path), join(tree, path));
    }
    await writeFile(file, '');
    await truncate(file, diskSize(bytes));
    const flags = ['-q', '-F', '-L', 'bundle', '-O', '^has_journal', '-m', '0', '-N', '256'];
    await run('mkfs.ext4', [...flags, '-E', 'root_owner=0:0', '-d', tree, file], { signal });
  } catch (error) {
    if (!(error instanceof ExecError) || error.kind !== 'missing') throw error;
    throw new WorkshopError('environment', 'could not make the disk: there is no mkfs.ext4', {
      advice: 'apt-get install e2fsprogs',
      cause: error,
    });
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

const mebibyte = 1 << 20;

/** Five in a hundred for the file system's own tables. */
function diskSize(bytes: number): number {
  return Math.ceil((bytes * 1.05) / mebibyte + 32) * mebibyte;
}

/** The control plane's programs are in the images already; nodes run only these three from the disk. */
const fromDisk = ['bin/kubeadm', 'bin/kubelet', 'bin/kubectl'];

/** Which files of a bundle its disk holds. */
export function onDisk(path: string): boolean {
  const program = programs.some((known) => known.path === path && path.startsWith('bin/'));
  return !program || fromDisk.includes(path);
}
