import { WorkshopError } from '../../errors.ts';
import type { ClusterPaths } from '../../paths.ts';
import { apiAccess } from '../api-access.ts';
import type { Cluster } from '../cluster.ts';
import { noComponents } from '../no-components.ts';
import { outside } from '../node-command.ts';
import { runBySsh, runHere } from '../ssh.ts';
import { machineCommand } from './machine-command.ts';
import type { VagrantRecord } from './record.ts';

/** Opens a cluster of virtual machines. Throws WorkshopError `environment` when `up` has not come to its end yet. */
export function openMachines(name: string, paths: ClusterPaths, record: VagrantRecord): Cluster {
  if (!record.phases.some((phase) => phase.name === 'ready')) {
    throw new WorkshopError('environment', `could not open the cluster ${name}: it is not ready yet`, {
      advice: 'workshop up --backend vagrant',
    });
  }
  const names = record.settings.nodes.map((node) => node.name);
  return {
    name,
    backend: 'vagrant',
    pace: record.emulated ? 6 : 2,
    ...apiAccess(paths.kubeconfig),
    ...machineAccess(paths, record),
    paths,
    components: noComponents('virtual machines'),
    async runOnNode(node, argv, options = {}) {
      const command = machineCommand(paths, names, node, argv);
      if (node === outside) return await runHere(command, options);
      return await runBySsh(node, command, options, 'workshop resume');
    },
  };
}

/** The machines and how a command is run there: by ssh alone, and so also while `up` has not come to its end. */
export function machineAccess(
  paths: ClusterPaths,
  { settings: { nodes } }: VagrantRecord,
): Pick<Cluster, 'nodes' | 'nodeCommand'> {
  const names = nodes.map((node) => node.name);
  return {
    nodes,
    nodeCommand: (node, argv) => machineCommand(paths, names, node, argv, process.stdin.isTTY === true),
  };
}
