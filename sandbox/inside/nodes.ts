import { addressAt, parseCidr } from '../../lib/ip.ts';
import { isAlreadyExists } from '../../lib/kube/api-error.ts';
import type { Client } from '../../lib/kube/client.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1Node, Wire } from '../../lib/kube/types.ts';
import type { Settings } from '../../lib/settings/settings.ts';

type Node = Wire<V1Node>;

/**
 * The nodes as objects, before their agents start: so each has the pod CIDR of its place in the settings, whoever comes first,
 * and the first one is marked as a control plane in kubeadm's way (label and taint: no pods of learners there).
 */
export function nodeObjects(settings: Settings): Node[] {
  const pods = parseCidr(settings.network.pods);
  return settings.nodes.map(({ name }, index) => {
    const podCIDR = `${addressAt(pods, 256 * index)}/24`;
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, ...(index === 0 && { labels: { [controlPlane]: '' } }) },
      spec: {
        podCIDR,
        podCIDRs: [podCIDR],
        ...(index === 0 && { taints: [{ key: controlPlane, effect: 'NoSchedule' }] }),
      },
    };
  });
}

const controlPlane = 'node-role.kubernetes.io/control-plane';

/** Creates the nodes that are not there yet; those that are stay as they are. Throws ApiError. */
export async function createNodes(client: Client, nodes: readonly Node[]): Promise<void> {
  for (const node of nodes) {
    await client.create(resources.nodes, node).catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
  }
}
