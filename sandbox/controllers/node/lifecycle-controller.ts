import type { Client } from '../../../lib/kube/client.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { timestamp } from '../../../lib/kube/timestamp.ts';
import type { Cluster, Controller } from '../cluster.ts';
import { metaOf, type Node, nameOf, namespaceOf, type Pod } from '../objects.ts';
import { isReady } from '../pod-state.ts';
import type { Outcome } from '../work-queue.ts';
import { isNodeReady, silentConditions, wantedTaints } from './health.ts';
import { trackHeartbeats } from './heartbeats.ts';

/**
 * Watches the nodes' heartbeats, taints nodes that are not ready and takes their pods out of service. A node that was
 * silent for `graceMs` milliseconds is given up (upstream: --node-monitor-grace-period).
 */
export function nodeLifecycleController(graceMs: number): Controller {
  return (cluster: Cluster) => {
    const { client, stores, now } = cluster;
    const heartbeats = trackHeartbeats(stores, client);
    const recorder = cluster.recorder('node-controller');
    const queue = cluster.queue('node-lifecycle', reconcile);
    stores.nodes.subscribe((key) => queue.add(key));

    async function reconcile(key: string): Promise<Outcome> {
      const node = stores.nodes.get(key);
      if (!node) return;
      const silentMs = heartbeats.silentMs(key);
      if (silentMs >= graceMs) return giveUp(node);
      await taint(node);
      if (knownNotReady(node)) await takeOutOfService(node);
      return { afterMs: Math.max(100, graceMs - silentMs) };
    }

    async function giveUp(node: Node): Promise<Outcome> {
      const name = nameOf(node);
      const conditions = silentConditions(node, now());
      if (!conditions) {
        await taint(node);
        await takeOutOfService(node);
        return undefined;
      }
      if (await heartbeats.isAliveAfterAll(name)) return { afterMs: 100 };
      const patch = { status: { conditions } };
      const options = { type: 'strategic-merge', subresource: 'status' } as const;
      await client.patch(resources.nodes, { name }, patch, options);
      const text = `Node ${name} status is now: NodeNotReady`;
      recorder.event({ resource: resources.nodes, object: node }, 'Normal', 'NodeNotReady', text);
      return undefined;
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
        await setNotReady(client, pod, now());
        const about = { resource: resources.pods, object: pod };
        recorder.event(about, 'Warning', 'NodeNotReady', 'Node is not ready');
      }
    }
  };
}

async function setNotReady(client: Client, pod: Pod, now: number): Promise<void> {
  const condition = { type: 'Ready', status: 'False', lastTransitionTime: timestamp(now) };
  const ref = { namespace: namespaceOf(pod), name: nameOf(pod) };
  const patch = { status: { conditions: [condition] } };
  await client.patch(resources.pods, ref, patch, { type: 'strategic-merge', subresource: 'status' });
}

/** A node that was never ready has no pods to take out of service. */
function knownNotReady(node: Node): boolean {
  return !isNodeReady(node) && (node.status?.conditions ?? []).some(({ type }) => type === 'Ready');
}
