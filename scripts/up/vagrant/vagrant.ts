import { join } from 'node:path';
import { machineSettingsFile, type VagrantRecord } from '../../../lib/cluster/vagrant/record.ts';
import { run } from '../../../lib/exec.ts';
import type { ClusterPaths } from '../../../lib/paths.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import { runLogged } from './logged.ts';

export interface VagrantCall {
  paths: ClusterPaths;
  record: VagrantRecord;
  signal: AbortSignal;
}

/** Runs Vagrant on the cluster's machines, its output in logs/vagrant.log. Throws as runLogged does. */
export async function vagrant({ paths, record, signal }: VagrantCall, what: string, args: readonly string[]) {
  await runLogged(['vagrant', ...args], {
    what,
    log: join(paths.logs, 'vagrant.log'),
    cwd: repositoryRoot(),
    env: vagrantEnvironment(paths, record),
    signal,
  });
}

/** What Vagrant says on its standard output. Throws ExecError. */
export async function askVagrant(
  { paths, record, signal }: VagrantCall,
  args: readonly string[],
): Promise<string> {
  const options = {
    cwd: repositoryRoot(),
    env: vagrantEnvironment(paths, record),
    signal,
    timeoutMs: 120_000,
  };
  return (await run('vagrant', args, options)).stdout;
}

/** Where Vagrant keeps the machines' state, and what the Vagrantfile is to make of the settings. */
export function vagrantEnvironment(paths: ClusterPaths, record: VagrantRecord): Record<string, string> {
  return {
    VAGRANT_DOTFILE_PATH: record.dotfile,
    VAGRANT_DEFAULT_PROVIDER: record.settings.vagrant.provider,
    VAGRANT_CHECKPOINT_DISABLE: '1',
    VAGRANT_BOX_UPDATE_CHECK_DISABLE: '1',
    WORKSHOP_SETTINGS: machineSettingsFile(paths),
    WORKSHOP_NAME: record.name,
    WORKSHOP_BUNDLE: record.bundle,
  };
}
