import { WorkshopError } from '../../errors.ts';
import type { ClusterPaths } from '../../paths.ts';
import { apiAccess } from '../api-access.ts';
import type { Cluster } from '../cluster.ts';
import { noComponents } from '../no-components.ts';
import { outside, requireNode } from '../node-command.ts';
import { runBySsh, runHere, sshCommand } from '../ssh.ts';
import { currentContext } from './name.ts';
import type { KubeconfigRecord } from './record.ts';

/** Opens a running cluster that `--kubeconfig` named. Throws WorkshopError `usage` when the file has another context now. */
export function openAnyCluster(name: string, paths: ClusterPaths, record: KubeconfigRecord): Cluster {
  const { kubeconfig, settings } = record;
  const context = currentContext(kubeconfig);
  if (context !== record.context) {
    const why = `the current context of ${kubeconfig} is ${context} now, not ${record.context}`;
    throw new WorkshopError('usage', `could not open the cluster ${name}: ${why}`, {
      advice: `kubectl config use-context ${record.context} --kubeconfig ${kubeconfig}`,
    });
  }
  return {
    name,
    backend: 'kubeconfig',
    pace: 2,
    ...apiAccess(kubeconfig),
    nodes: settings.nodes,
    paths,
    components: noComponents('a cluster of --kubeconfig'),
    async runOnNode(node, argv, options = {}) {
      const command = nodeCommand(record, node, argv);
      if (node === outside) return await runHere(command, options);
      return await runBySsh(node, command, options, adviceFor(record, node));
    },
    nodeCommand: (node, argv) => nodeCommand(record, node, argv, process.stdin.isTTY === true),
  };
}

/** The command line that runs `argv` as root on a node, by ssh; outside of the cluster it is this computer, and who we are. */
function nodeCommand(
  { settings, access }: KubeconfigRecord,
  node: string,
  argv: readonly string[],
  terminal = false,
): readonly [string, ...string[]] {
  if (node === outside) {
    const [program = 'true', ...args] = argv;
    return [program, ...args];
  }
  requireNode(
    settings.nodes.map(({ name }) => name),
    node,
  );
  const way = access[node];
  if (way) return sshCommand(way, argv, terminal);
  throw new WorkshopError('bug', `could not reach ${node}: its record does not say how`);
}

function adviceFor({ access }: KubeconfigRecord, node: string): string {
  return [...(access[node]?.ssh ?? ['ssh', node]), 'true'].join(' ');
}
