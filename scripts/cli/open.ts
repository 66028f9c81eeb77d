import { resolve } from 'node:path';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { enlist } from '../../lib/cluster/kubeconfig/enlist.ts';
import { readKubeconfigRecord } from '../../lib/cluster/kubeconfig/record.ts';
import { openCluster } from '../../lib/cluster/open.ts';
import type { SshSettings } from '../../lib/cluster/ssh.ts';
import { loadSettings } from '../../lib/settings/load.ts';
import type { Context, FlagValues } from './command.ts';
import { text } from './flags.ts';
import { pathsOf } from './paths.ts';

/**
 * Opens the cluster that the command line means; the caller closes it. One named by `--kubeconfig` is asked first whether it is
 * what the settings say. Throws WorkshopError: `environment` when it does not run, `usage` when the settings do not fit.
 */
export async function openFor(context: Context): Promise<Cluster> {
  await enlistNamed(context);
  return openCluster(context.name, pathsOf(context));
}

/**
 * Asks the cluster of `--kubeconfig`, where one is named, and writes down how it is reached. What `--settings` and `--ssh-…` said
 * the last time holds until they say something else. Throws like openFor.
 */
export async function enlistNamed(context: Context): Promise<void> {
  const { flags, signal } = context;
  const file = text(flags['kubeconfig']);
  if (file === undefined) return;
  const paths = pathsOf(context);
  const known = readKubeconfigRecord(paths.record);
  const settingsFile = absolute(text(flags['settings'])) ?? known?.settingsFile;
  const settings = settingsFile === undefined ? context.settings : loadSettings(settingsFile);
  const said = sshSettings(flags);
  const ssh = Object.values(said).some((value) => value !== undefined) ? said : (known?.ssh ?? said);
  await enlist({ paths, file, settings, settingsFile, ssh, signal });
}

/** How the `--ssh-…` flags say that nodes are reached. */
export function sshSettings(flags: FlagValues): SshSettings {
  return {
    configFile: absolute(text(flags['ssh-config'])),
    user: text(flags['ssh-user']),
    key: absolute(text(flags['ssh-key'])),
    port: text(flags['ssh-port']),
  };
}

/** ssh itself knows what `~` is. */
function absolute(file: string | undefined): string | undefined {
  return file === undefined || file.startsWith('~') ? file : resolve(file);
}
