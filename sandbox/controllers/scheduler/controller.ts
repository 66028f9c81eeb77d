import { isNotFound } from '../../../lib/kube/api-error.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { timestamp } from '../../../lib/kube/timestamp.ts';
import type { Cluster } from '../cluster.ts';
import { isDeleting, nameOf, namespaceOf, type Pod, uidOf } from '../objects.ts';
import { isTerminal } from '../pod-state.ts';
import type { Outcome } from '../work-queue.ts';
import { chooseNode } from './choose.ts';

/** Pods that ask for another scheduler are left to it. */
const schedulerName = 'default-scheduler';

/** A pod that fits nowhere is looked at again after so long, even when nothing seems to have changed. */
const retryMs = 60_000;

/** Assigns pods to nodes by posting a Binding. */
export function scheduler(cluster: Cluster): void {
  const { client, stores, now } = cluster;
  /** Nodes of pods that were bound though the store does not show it yet. */
  const assumed = new Map<string, string>();
  const unfit = new Set<string>();
  const recorder = cluster.recorder(schedulerName);
  const queue = cluster.queue('scheduler', reconcile, 8);

  stores.pods.subscribe((key, pod, before) => {
    if (pod?.spec?.nodeName || !pod) {
      assumed.delete(uidOf(pod ?? before ?? {}));
      unfit.delete(key);
    }
    if (pod && isPending(pod)) queue.add(key);
    else if (!pod || isTerminal(pod)) retryUnfit();
  });
  stores.nodes.subscribe((_key, node, before) => {
    if (!node || !before || schedulingFacts(node) !== schedulingFacts(before)) retryUnfit();
  });

  function retryUnfit(): void {
    for (const key of unfit) queue.add(key);
  }

  async function reconcile(key: string): Promise<Outcome> {
    const pod = stores.pods.get(key);
    if (!pod || !isPending(pod) || assumed.has(uidOf(pod))) return;
    if ((pod.spec?.schedulingGates ?? []).length > 0) return;
    const choice = chooseNode({ pod, nodes: stores.nodes.list(), podsByNode: podsByNode() });
    if (choice.kind === 'none') {
      unfit.add(key);
      await report(pod, choice.message);
      return { afterMs: retryMs };
    }
    assumed.set(uidOf(pod), choice.name);
    await bind(pod, choice.name).catch((error: unknown) => {
      assumed.delete(uidOf(pod));
      if (!isNotFound(error)) throw error;
    });
    return;
  }

  function podsByNode(): Map<string, Pod[]> {
    const byNode = new Map<string, Pod[]>();
    for (const pod of stores.pods.list()) {
      const node = pod.spec?.nodeName ?? assumed.get(uidOf(pod));
      if (!node || isTerminal(pod)) continue;
      byNode.set(node, [...(byNode.get(node) ?? []), pod]);
    }
    return byNode;
  }

  async function bind(pod: Pod, node: string): Promise<void> {
    const ref = { namespace: namespaceOf(pod), name: nameOf(pod) };
    await client.post(resources.pods, ref, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { ...ref, uid: uidOf(pod) },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    });
    const text = `Successfully assigned ${ref.namespace}/${ref.name} to ${node}`;
    recorder.event({ resource: resources.pods, object: pod }, 'Normal', 'Scheduled', text);
  }

  async function report(pod: Pod, message: string): Promise<void> {
    const old = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (old?.status === 'False' && old.message === message) return;
    recorder.event({ resource: resources.pods, object: pod }, 'Warning', 'FailedScheduling', message);
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastProbeTime: null,
      lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : timestamp(now()),
    };
    await client.patch(
      resources.pods,
      { namespace: namespaceOf(pod), name: nameOf(pod) },
      { status: { conditions: [condition] } },
      { type: 'strategic-merge', subresource: 'status' },
    );
  }
}

function isPending(pod: Pod): boolean {
  const { nodeName, schedulerName: wanted = schedulerName } = pod.spec ?? {};
  return !nodeName && wanted === schedulerName && !isDeleting(pod) && !isTerminal(pod);
}

/** What of a node matters to the filters: heartbeats change nothing here. */
function schedulingFacts(node: {
  spec?: object;
  metadata?: { labels?: object };
  status?: { allocatable?: object };
}): string {
  return JSON.stringify([node.spec, node.metadata?.labels, node.status?.allocatable]);
}
