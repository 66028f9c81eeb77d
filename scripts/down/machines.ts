import { existsSync, rmSync } from 'node:fs';
import { sshConfigFile, type VagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import { run } from '../../lib/exec.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import type { Context } from '../cli/command.ts';
import {
  belongingsOf,
  libvirtAnswers,
  removeBelongings,
  removeUnusedBoxImages,
} from '../up/vagrant/libvirt.ts';
import { vagrant } from '../up/vagrant/vagrant.ts';

/** Removes a cluster's machines with their disks and networks, also those that an interrupted `up` left half made. */
export async function removeMachines(
  { progress, signal }: Pick<Context, 'progress' | 'signal'>,
  paths: ClusterPaths,
  record: VagrantRecord,
): Promise<void> {
  await progress.step('remove the machines', async () => {
    await closeConnections(paths, record, signal);
    const libvirt = record.settings.vagrant.provider === 'libvirt';
    const destroy = () => vagrant({ paths, record, signal }, 'remove the machines', ['destroy', '--force']);
    if (!libvirt) return destroy();
    // Without libvirt there is nothing that could be removed.
    if (!(await libvirtAnswers(signal))) return;
    if (existsSync(record.dotfile)) await destroy().catch(() => signal.throwIfAborted());
    await removeBelongings(await belongingsOf(paths.name, signal), signal);
    await removeUnusedBoxImages(signal);
  });
  rmSync(record.dotfile, { recursive: true, force: true });
}

/** Ends the connections that ssh keeps open. */
export async function closeConnections(
  paths: ClusterPaths,
  record: VagrantRecord,
  signal?: AbortSignal,
): Promise<void> {
  if (!existsSync(sshConfigFile(paths))) return;
  await Promise.all(
    record.settings.nodes.map(({ name }) =>
      run('ssh', ['-F', sshConfigFile(paths), '-O', 'exit', name], { signal, timeoutMs: 10_000 }).catch(
        () => {},
      ),
    ),
  );
}
