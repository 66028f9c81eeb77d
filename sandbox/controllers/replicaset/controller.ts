import { keyOf } from '../../../lib/kube/informer.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { matchesSelector } from '../../../lib/kube/selector.ts';
import type { Cluster } from '../cluster.ts';
import { trackDeletions } from '../doomed.ts';
import { isDeleting, namespaceOf, type Pod, type ReplicaSet, uidOf } from '../objects.ts';
import { controllerOf } from '../owners.ts';
import { adopt, release } from '../ownership-writes.ts';
import type { Outcome } from '../work-queue.ts';
import { trackWrites } from '../written.ts';
import { crowdOf } from './deletion-order.ts';
import { planReplicaSet } from './plan.ts';
import { createPodWriter, type Failure } from './pod-writer.ts';
import { replicaSetStatus, statusDiffers } from './status.ts';

/** Keeps as many pods of each ReplicaSet as it asks for. */
export function replicaSetController(cluster: Cluster): void {
  const { client, stores, now } = cluster;
  const written = trackWrites(stores.pods);
  const doomed = trackDeletions(stores.pods);
  const recorder = cluster.recorder('replicaset-controller');
  const writer = createPodWriter({ client, recorder, written, doomed });
  const queue = cluster.queue('replicaset', reconcile, 8);

  stores.replicaSets.subscribe((key) => queue.add(key));
  stores.pods.subscribe((_key, pod, before) => {
    for (const key of ownersOf(cluster, pod)) queue.add(key);
    if (before) for (const key of ownersOf(cluster, before)) queue.add(key);
  });

  async function reconcile(key: string): Promise<Outcome> {
    const replicaSet = stores.replicaSets.get(key);
    if (!replicaSet) return;
    if (!written.seen(key)) return { afterMs: 1000 };
    const pods = stores.pods.inNamespace(namespaceOf(replicaSet));
    const plan = planReplicaSet({
      replicaSet,
      pods,
      doomed,
      crowd: crowdOf(siblings(replicaSet, pods)),
      now: now(),
    });
    for (const pod of plan.adopt)
      written.note(key, await adopt(client, resources.replicaSets, replicaSet, pod));
    for (const pod of plan.release) written.note(key, await release(client, replicaSet, pod));
    const failure =
      (await writer.create(replicaSet, plan.create)) ?? (await writer.remove(replicaSet, plan.remove));
    await writeStatus(replicaSet, plan.owned, failure?.why);
    if (failure) throw failure.error;
    return plan.nextLookMs === undefined ? undefined : { afterMs: plan.nextLookMs + 20 };
  }

  async function writeStatus(replicaSet: ReplicaSet, pods: readonly Pod[], failure: Failure | undefined) {
    const status = replicaSetStatus(replicaSet, pods, now(), failure);
    if (!statusDiffers(status, replicaSet.status)) return;
    await client.replace(resources.replicaSets, { ...replicaSet, status }, { subresource: 'status' });
  }
}

/** Keys of the ReplicaSets that a pod concerns: its controller, or as an orphan all that would adopt it. */
function ownersOf({ stores }: Cluster, pod: Pod | undefined): string[] {
  if (!pod) return [];
  const controller = controllerOf(pod);
  if (controller) return controller.kind === 'ReplicaSet' ? [`${namespaceOf(pod)}/${controller.name}`] : [];
  if (isDeleting(pod)) return [];
  return stores.replicaSets
    .inNamespace(namespaceOf(pod))
    .filter((replicaSet) => matchesSelector(replicaSet.spec?.selector, pod.metadata?.labels))
    .map((replicaSet) => keyOf(replicaSet));
}

/** The pods of this ReplicaSet and of the others that the same Deployment owns. */
function siblings(replicaSet: ReplicaSet, pods: readonly Pod[]): Pod[] {
  const own = replicaSet.metadata?.labels ?? {};
  const { 'pod-template-hash': _hash, ...family } = own;
  if (Object.keys(family).length === 0) {
    return pods.filter((pod) => controllerOf(pod)?.uid === uidOf(replicaSet));
  }
  return pods.filter((pod) => matchesSelector({ matchLabels: family }, pod.metadata?.labels));
}
