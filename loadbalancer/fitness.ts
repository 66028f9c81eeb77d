import { isNotFound } from '../lib/kube/api-error.ts';
import type { Client } from '../lib/kube/client.ts';
import { resources } from '../lib/kube/resources.ts';
import type { KubeObject, V1Node, Wire } from '../lib/kube/types.ts';

/** Why a node must not announce addresses, in words that end a sentence; undefined when it may. Throws ApiError. */
export async function unfitness(
  client: Client,
  name: string,
  timeoutMs: number,
): Promise<string | undefined> {
  try {
    const options = { resourceVersion: '0', signal: AbortSignal.timeout(timeoutMs) };
    return unfit(await client.get<Wire<V1Node> & KubeObject>(resources.nodes, { name }, options));
  } catch (error) {
    if (isNotFound(error)) return 'it is no node of the cluster';
    throw error;
  }
}

/** The same of a Node object. Pure. */
export function unfit({ metadata, status }: Wire<V1Node> & KubeObject): string | undefined {
  if (metadata?.labels?.[excluded] !== undefined) return `it has the label ${excluded}`;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' ? undefined : 'it is not Ready';
}

/** kubeadm sets it on the control plane; every cloud's load balancers honour it. */
const excluded = 'node.kubernetes.io/exclude-from-external-load-balancers';
