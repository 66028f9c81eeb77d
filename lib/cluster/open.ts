import { WorkshopError } from '../errors.ts';
import { clusterPaths } from '../paths.ts';
import { apiAccess } from './api-access.ts';
import type { Cluster } from './cluster.ts';
import type { Components } from './components.ts';
import { ask } from './control.ts';
import { openAnyCluster } from './kubeconfig/open.ts';
import { readKubeconfigRecord } from './kubeconfig/record.ts';
import { nodeCommand } from './node-command.ts';
import { isRunning, readRecord } from './record.ts';
import { runHere } from './ssh.ts';
import { openMachines } from './vagrant/open.ts';
import { readVagrantRecord } from './vagrant/record.ts';

/** Opens the cluster of that name. Throws WorkshopError `environment` when it is not running. */
export function openCluster(name: string, paths = clusterPaths(name)): Cluster {
  const machines = readVagrantRecord(paths.record);
  if (machines) return openMachines(name, paths, machines);
  const known = readKubeconfigRecord(paths.record);
  if (known) return openAnyCluster(name, paths, known);
  const record = readRecord(paths.record);
  if (!isRunning(record)) {
    throw new WorkshopError('environment', `could not open the cluster ${name}: it is not running`, {
      advice: 'workshop up',
    });
  }
  /** Read anew each time: the sandbox's pid 1 may have been started again since. */
  const command = (node: string, argv: readonly string[]) =>
    nodeCommand(readRecord(paths.record) ?? record, node, argv);
  return {
    name,
    backend: 'sandbox',
    pace: 1,
    ...apiAccess(paths.kubeconfig),
    nodes: record.settings.nodes,
    paths,
    components: componentsOf(paths.controlSocket),
    runOnNode: async (node, argv, options = {}) => await runHere(command(node, argv), options),
    nodeCommand: command,
  };
}

function componentsOf(socket: string): Components {
  return {
    status: async () => (await ask(socket, { op: 'status' })).components ?? [],
    stop: async (component) => void (await ask(socket, { op: 'stop', component })),
    start: async (component) => void (await ask(socket, { op: 'start', component })),
    kill: async (component, signal = 'SIGKILL') =>
      void (await ask(socket, { op: 'kill', component, signal })),
  };
}
