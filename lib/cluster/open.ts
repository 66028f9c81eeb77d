import { WorkshopError } from '../errors.ts';
import { type Client, createClient } from '../kube/client.ts';
import { loadKubeconfig } from '../kube/credentials.ts';
import { execInPod } from '../kube/exec.ts';
import { clusterPaths } from '../paths.ts';
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
  const credentials = loadKubeconfig(paths.kubeconfig);
  /** Read anew each time: the sandbox's pid 1 may have been started again since. */
  const command = (node: string, argv: readonly string[]) =>
    nodeCommand(readRecord(paths.record) ?? record, node, argv);
  let client: Client | undefined;
  return {
    name,
    backend: 'sandbox',
    pace: 1,
    kubeconfig: paths.kubeconfig,
    credentials,
    nodes: record.settings.nodes,
    paths,
    components: componentsOf(paths.controlSocket),
    client: () => {
      client ??= createClient(credentials);
      return client;
    },
    runOnNode: async (node, argv, options = {}) => await runHere(command(node, argv), options),
    runInPod: (target, argv, options = {}) => execInPod(credentials, target, argv, options),
    nodeCommand: command,
    close: () => client?.close(),
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
