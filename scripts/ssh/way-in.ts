import { existsSync } from 'node:fs';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { machineAccess } from '../../lib/cluster/vagrant/open.ts';
import { readVagrantRecord, sshConfigFile } from '../../lib/cluster/vagrant/record.ts';
import type { Context } from '../cli/command.ts';
import { openFor } from '../cli/open.ts';
import { pathsOf } from '../cli/paths.ts';

/**
 * The nodes and how a command is run there. Machines can be entered before `up` has come to its end: just then one may have to look.
 * Throws like openFor.
 */
export async function wayIn(context: Context): Promise<Pick<Cluster, 'nodes' | 'nodeCommand'>> {
  const paths = pathsOf(context);
  const machines = readVagrantRecord(paths.record);
  if (!machines || !existsSync(sshConfigFile(paths))) return openFor(context);
  return machineAccess(paths, machines);
}
