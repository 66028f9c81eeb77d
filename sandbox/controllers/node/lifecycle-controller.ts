import { resources } from '../../../lib/kube/resources.ts';
import type { Cluster } from '../cluster.ts';
import { metaOf, type Node, nameOf, namespaceOf, type Pod, splitKey, timestamp } from '../objects.ts';
import { isReady } from '../pod-state.ts';
import type { Outcome } from '../work-queue.ts';
import { graceMs, isNodeReady, silentConditions, wantedTaints } from './health.ts';

const leaseNamespace = 'kube-node-lease';

/** Watches the nodes' heartbeats, taints nodes that are not ready and takes their pods out of service. */
export function nodeLifecycleController(cluster: Cluster): void {
  const { client, stores, now } = cluster;
  /** When each node was last heard of, by our own clock: theirs may differ. */
  const heard = new Map<string, number>();
  const recorder = cluster.recorder('node-controller');
  const queue = cluster.queue('node-lifecycle', reconcile);

  stores.leases.subscribe((key, lease) => {
    const { namespace, name } = splitKey(key);
    if (lease && namespace === leaseNamespace) heard.set(name, now());
  });
  stores.nodes.subscribe((key, node, before) => {
    if (!node) heard.delete(key);
    else if (heartbeat(node) !== heartbeat(before)) heard.set(key, now());
    queue.add(key);
  });

  async function reconcile(key: string): Promise<Outcome> {
    const node = stores.nodes.get(key);
    if (!node) return;
    const silentMs = now() - (heard.get(key) ?? now());
    const conditions = silentMs >= graceMs ? silentConditions(node, now()) : undefined;
    if (conditions) {
      const patch = { status: { conditions } };
      await client.patch(resources.nodes, { name: key }, patch, {
        type: 'strategic-merge',
        subresource: 'status',
      });
      const text = `Node ${key} status is now: NodeNotReady`;
      recorder.event({ resource: resources.nodes, object: node }, 'Normal', 'NodeNotReady', text);
      return;
    }
    await taint(node);
    if (knownNotReady(node)) await takeOutOfService(node);
    return { afterMs: Math.max(1000, graceMs - silentMs) };
  }

  async function taint(node: Node): Promise<void> {
    const taints = wantedTaints(node, now());
    if (!taints) return;
    const { resourceVersion } = metaOf(node);
    const patch = { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } };
    await client.patch(resources.nodes, { name: nameOf(node) }, patch, { type: 'merge' });
  }

  /** Nobody on the node says any more that its pods are ready, so they are not. */
  async function takeOutOfService(node: Node): Promise<void> {
    const pods = stores.pods.list().filter((pod) => pod.spec?.nodeName === nameOf(node) && isReady(pod));
    for (const pod of pods) {
      await setNotReady(pod);
      recorder.event(
        { resource: resources.pods, object: pod },
        'Warning',
        'NodeNotReady',
        'Node is not ready',
      );
    }
  }

  async function setNotReady(pod: Pod): Promise<void> {
    const condition = { type: 'Ready', status: 'False', lastTransitionTime: timestamp(now()) };
    const ref = { namespace: namespaceOf(pod), name: nameOf(pod) };
    const patch = { status: { conditions: [condition] } };
    await client.patch(resources.pods, ref, patch, { type: 'strategic-merge', subresource: 'status' });
  }
}

/** A node that was never ready has no pods to take out of service. */
function knownNotReady(node: Node): boolean {
  return !isNodeReady(node) && (node.status?.conditions ?? []).some(({ type }) => type === 'Ready');
}

function heartbeat(node: Node | undefined): string {
  const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
  return `${ready?.status} ${ready?.lastHeartbeatTime}`;
}
