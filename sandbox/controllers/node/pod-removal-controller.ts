import { isNotFound } from '../../../lib/kube/api-error.ts';
import { keyOf } from '../../../lib/kube/informer.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { Cluster } from '../cluster.ts';
import { isDeleting, type Node, nameOf, namespaceOf, type Pod, uidOf } from '../objects.ts';
import { isTerminal } from '../pod-state.ts';
import type { Outcome } from '../work-queue.ts';
import { evictionTime } from './eviction.ts';

/** A node may be re-registered; its pods are not given up before this (upstream waits 40 s). */
const quarantineMs = 5000;

/** Evicts pods from nodes with NoExecute taints, and removes what no node agent will ever remove. */
export function podRemovalController(cluster: Cluster): void {
  const { client, stores, now } = cluster;
  const goneSince = new Map<string, number>();
  const recorder = cluster.recorder('taint-eviction-controller');
  const queue = cluster.queue('pod-removal', reconcile);

  stores.pods.subscribe((key, pod, before) => {
    if (pod && (pod.spec?.nodeName !== before?.spec?.nodeName || isDeleting(pod))) queue.add(key);
  });
  stores.nodes.subscribe((name, node, before) => {
    if (node) goneSince.delete(name);
    else goneSince.set(name, now());
    if (node && noExecute(node) === noExecute(before)) return;
    for (const pod of stores.pods.list()) if (pod.spec?.nodeName === name) queue.add(keyOf(pod));
  });

  async function reconcile(key: string): Promise<Outcome> {
    const pod = stores.pods.get(key);
    if (!pod) return;
    const { nodeName } = pod.spec ?? {};
    if (!nodeName) return isDeleting(pod) ? forceDelete(pod) : undefined;
    const node = stores.nodes.get(nodeName);
    if (!node) return orphaned(pod, nodeName);
    if (isDeleting(pod) || isTerminal(pod)) return;
    const at = evictionTime(pod, node, now());
    if (at === undefined) return;
    if (at > now()) return { afterMs: at - now() };
    const text = `Marking for deletion Pod ${namespaceOf(pod)}/${nameOf(pod)}`;
    recorder.event({ resource: resources.pods, object: pod }, 'Normal', 'TaintManagerEviction', text);
    await client.delete(resources.pods, refOf(pod), { uid: uidOf(pod) }).catch(ignoreMissing);
    return;
  }

  async function orphaned(pod: Pod, nodeName: string): Promise<Outcome> {
    const since = goneSince.get(nodeName) ?? now();
    goneSince.set(nodeName, since);
    const left = since + quarantineMs - now();
    return left > 0 ? { afterMs: left } : forceDelete(pod);
  }

  async function forceDelete(pod: Pod): Promise<undefined> {
    const options = { uid: uidOf(pod), gracePeriodSeconds: 0 };
    await client.delete(resources.pods, refOf(pod), options).catch(ignoreMissing);
  }
}

function noExecute(node: Node | undefined): string {
  return JSON.stringify((node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute'));
}

function refOf(pod: Pod): { namespace: string; name: string } {
  return { namespace: namespaceOf(pod), name: nameOf(pod) };
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
