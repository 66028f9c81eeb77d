import { WorkshopError } from '../../errors.ts';
import { ExecError, run } from '../../exec.ts';
import { type Client, createClient } from '../../kube/client.ts';
import { loadKubeconfig } from '../../kube/credentials.ts';
import { execInPod } from '../../kube/exec.ts';
import type { ClusterPaths } from '../../paths.ts';
import type { Cluster } from '../cluster.ts';
import type { Components } from '../components.ts';
import { outside } from '../node-command.ts';
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
    components: noComponents,
    client: () => {
      client ??= createClient(credentials);
      return client;
    },
    async runOnNode(node, argv, { timeoutMs = 30_000, ...options } = {}) {
      const [program, ...rest] = machineCommand(paths, nodes, node, argv);
      const result = await run(program, rest, { ...options, timeoutMs, okCodes: anyCode });
      if (
        node !== outside &&
        result.exitCode === sshFailed &&
        /^ssh:|Connection|timed out/m.test(result.stderr)
      ) {
        throw new WorkshopError('environment', `could not reach ${node}: ${lastLine(result.stderr)}`, {
          advice: 'workshop resume',
          cause: new ExecError('failed', 'ssh', result.stderr, result),
        });
      }
      return result;
    },
    runInPod: (target, argv, options = {}) => execInPod(credentials, target, argv, options),
    nodeCommand: (node, argv) => machineCommand(paths, nodes, node, argv, process.stdin.isTTY === true),
    close: () => client?.close(),
  };
}

const anyCode = Array.from({ length: 256 }, (_, code) => code);

/** ssh's own failures have this exit code (ssh(1)). */
const sshFailed = 255;

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

const refuse = (): Promise<never> =>
  Promise.reject(
    new WorkshopError(
      'usage',
      'could not do this with virtual machines: only the sandbox has such components',
    ),
  );

const noComponents: Components = { status: async () => [], stop: refuse, start: refuse, kill: refuse };
