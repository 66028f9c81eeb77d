import { WorkshopError } from '../../errors.ts';
import { type Client, createClient } from '../../kube/client.ts';
import { loadKubeconfig } from '../../kube/credentials.ts';
import { execInPod } from '../../kube/exec.ts';
import type { ClusterPaths } from '../../paths.ts';
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
  const credentials = loadKubeconfig(paths.kubeconfig);
  const nodes = record.settings.nodes.map((node) => node.name);
  let client: Client | undefined;
  return {
    name,
    backend: 'vagrant',
    pace: record.emulated ? 6 : 2,
    kubeconfig: paths.kubeconfig,
    credentials,
    nodes: record.settings.nodes,
    paths,
    components: noComponents('virtual machines'),
    client: () => {
      client ??= createClient(credentials);
      return client;
    },
    async runOnNode(node, argv, options = {}) {
      const command = machineCommand(paths, nodes, node, argv);
      if (node === outside) return await runHere(command, options);
      return await runBySsh(node, command, options, 'workshop resume');
    },
    runInPod: (target, argv, options = {}) => execInPod(credentials, target, argv, options),
    nodeCommand: (node, argv) => machineCommand(paths, nodes, node, argv, process.stdin.isTTY === true),
    close: () => client?.close(),
  };
}
