import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkshopError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { boxVagrantfile } from './files.ts';
import type { BoxOptions } from './requirements.ts';

/**
 * Packs the tree `root` into a box of vagrant-libvirt: the disk, the kernel and the RAM disk beside it, what Vagrant reads. The
 * disk is one ext4 file system without a partition table, made without a mount or a loop device. `work` is a folder for parts.
 */
export async function packBox(
  root: string,
  work: string,
  { file, diskGb }: Pick<BoxOptions, 'file' | 'diskGb'>,
  signal: AbortSignal,
): Promise<void> {
  const box = join(work, 'box');
  mkdirSync(box);
  copyFileSync(newest(root, 'vmlinuz-'), join(box, 'vmlinuz'));
  const ramDisk = newest(root, 'initrd.img-');
  copyFileSync(ramDisk, join(box, 'initrd.img'));
  rmSync(ramDisk);
  const raw = join(work, 'disk.raw');
  writeFileSync(raw, '');
  await truncate(raw, diskGb * 2 ** 30);
  const lazy = ['-E', 'lazy_itable_init=1,lazy_journal_init=1'];
  await run('mkfs.ext4', ['-q', '-F', '-L', 'workshop-root', ...lazy, '-d', root, raw], { signal });
  await run('qemu-img', ['convert', '-O', 'qcow2', raw, join(box, 'box.img')], { signal });
  rmSync(raw);
  const metadata = { provider: 'libvirt', format: 'qcow2', virtual_size: diskGb };
  writeFileSync(join(box, 'metadata.json'), `${JSON.stringify(metadata)}\n`);
  writeFileSync(join(box, 'Vagrantfile'), boxVagrantfile);
  const fresh = join(work, 'fresh.box');
  const members = ['metadata.json', 'Vagrantfile', 'vmlinuz', 'initrd.img', 'box.img'];
  // The quickest compression: reading a box back takes as long as making it.
  await run('tar', ['-C', box, '-I', 'gzip -1', '-cf', fresh, ...members], { signal });
  renameSync(fresh, file);
}

function newest(root: string, begin: string): string {
  const boot = join(root, 'boot');
  const [found] = readdirSync(boot)
    .filter((name) => name.startsWith(begin))
    .sort()
    .reverse();
  if (found !== undefined) return join(boot, found);
  throw new WorkshopError('bug', `could not pack the box: there is no ${begin}… in ${boot}`);
}
