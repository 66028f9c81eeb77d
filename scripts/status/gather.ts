import type { ComponentStatus } from '../../lib/cluster/components.ts';
import { ask } from '../../lib/cluster/control.ts';
import { kubeconfigOf, readKubeconfigRecord } from '../../lib/cluster/kubeconfig/record.ts';
import { readRecord } from '../../lib/cluster/record.ts';
import { readVagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import { createClient } from '../../lib/kube/client.ts';
import { loadKubeconfig } from '../../lib/kube/credentials.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1Node, Wire } from '../../lib/kube/types.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import { machineComponents } from './machines.ts';

export interface StatusReport {
  name: string;
  server: string;
  kubeconfig: string;
  /** Every node and component is; of somebody else's cluster, every node. */
  ready: boolean;
  nodes: { name: string; ready: boolean; address: string; podCIDR: string }[];
  components: ComponentStatus[];
}

/** Asks the running cluster. What does not answer is reported as missing, not thrown. */
export async function gatherStatus(paths: ClusterPaths): Promise<StatusReport> {
  const machines = readVagrantRecord(paths.record);
  const foreign = readKubeconfigRecord(paths.record) !== undefined;
  const kubeconfig = kubeconfigOf(paths);
  const [nodes, components] = await Promise.all([
    nodesOf(kubeconfig, machines || foreign ? patientMs : hastyMs).catch(() => []),
    machines ? machineComponents(paths, machines) : foreign ? [] : sandboxComponents(paths),
  ]);
  const parts = [...nodes, ...components];
  return {
    name: paths.name,
    server:
      machines || foreign
        ? loadKubeconfig(kubeconfig).server
        : `https://127.0.0.1:${readRecord(paths.record)?.apiPort}`,
    kubeconfig,
    ready: nodes.length > 0 && (foreign || components.length > 0) && parts.every(({ ready }) => ready),
    nodes,
    components,
  };
}

const hastyMs = 3000;
/** An emulated API server may be busy. */
const patientMs = 15_000;

async function sandboxComponents(paths: ClusterPaths): Promise<ComponentStatus[]> {
  return ask(paths.controlSocket, { op: 'status' }, AbortSignal.timeout(5000)).then(
    (answer) => answer.components ?? [],
    () => [],
  );
}

async function nodesOf(kubeconfig: string, timeoutMs: number): Promise<StatusReport['nodes']> {
  const client = createClient(loadKubeconfig(kubeconfig));
  try {
    const { items } = await client.list<Wire<V1Node>>(resources.nodes, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    return items.map(({ metadata, spec, status }) => ({
      name: metadata?.name ?? '',
      ready: status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
      address: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
      podCIDR: spec?.podCIDR ?? '',
    }));
  } finally {
    client.close();
  }
}
