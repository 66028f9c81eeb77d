import { matchesSelector } from '../../../lib/kube/selector.ts';
import { isDeleting, type Pod, type ReplicaSet, uidOf } from '../objects.ts';
import { claim } from '../owners.ts';
import { availableInMs, isActive } from '../pod-state.ts';
import { deletionOrder } from './deletion-order.ts';

export interface ReplicaSetView {
  replicaSet: ReplicaSet;
  /** All pods of its namespace. */
  pods: readonly Pod[];
  /** Pods whose deletion has been asked for, though the store may not show it yet. */
  doomed: ReadonlySet<string>;
  /** Number of pods of the same Deployment on each node: pods on crowded nodes go first. */
  crowd?: ReadonlyMap<string, number>;
  now: number;
}

export interface ReplicaSetPlan {
  adopt: Pod[];
  release: Pod[];
  /** Number of pods to make. */
  create: number;
  remove: Pod[];
  /** The pods it has now, for the status. */
  owned: Pod[];
  /** When a pod becomes available by the mere passing of time (minReadySeconds), milliseconds from now. */
  nextLookMs: number | undefined;
}

/** More pods than this are not made or removed in one go (upstream's BurstReplicas). */
const burst = 500;

/** What a ReplicaSet has to do now (upstream: pkg/controller/replicaset/replica_set.go). Pure. */
export function planReplicaSet(view: ReplicaSetView): ReplicaSetPlan {
  const { replicaSet, doomed } = view;
  const candidates = view.pods.filter((pod) => isActive(pod) && !doomed.has(uidOf(pod)));
  const plan = sortByClaim(replicaSet, candidates);
  const owned = [...plan.keep, ...plan.adopt];
  const missing = (replicaSet.spec?.replicas ?? 1) - owned.length;
  const idle = isDeleting(replicaSet) || missing === 0;
  const victims = idle || missing > 0 ? [] : deletionOrder(owned, view.now, view.crowd);
  return {
    adopt: plan.adopt,
    release: plan.release,
    create: idle || missing < 0 ? 0 : Math.min(missing, burst),
    remove: victims.slice(0, Math.min(-missing, burst)),
    owned,
    nextLookMs: nextLook(owned, replicaSet.spec?.minReadySeconds ?? 0, view.now),
  };
}

function sortByClaim(replicaSet: ReplicaSet, pods: readonly Pod[]) {
  const sorted = { keep: [] as Pod[], adopt: [] as Pod[], release: [] as Pod[] };
  for (const pod of pods) {
    const matches = matchesSelector(replicaSet.spec?.selector, pod.metadata?.labels);
    const verdict = claim(replicaSet, pod, matches);
    if (verdict !== 'ignore') sorted[verdict].push(pod);
  }
  return sorted;
}

function nextLook(pods: readonly Pod[], minReadySeconds: number, now: number): number | undefined {
  const waits = pods
    .map((pod) => availableInMs(pod, minReadySeconds, now))
    .filter((ms): ms is number => ms !== undefined && ms > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
}
