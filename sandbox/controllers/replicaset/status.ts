import { matchesLabels } from '../../../lib/kube/selector.ts';
import { timestamp } from '../../../lib/kube/timestamp.ts';
import type { Pod, ReplicaSet } from '../objects.ts';
import { isAvailable, isReady } from '../pod-state.ts';
import { canonicalJson } from '../template-hash.ts';

type Status = NonNullable<ReplicaSet['status']>;

/** The status of a ReplicaSet with these pods; `failure` is why pods could not be made or removed. Pure. */
export function replicaSetStatus(
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  now: number,
  failure?: { reason: 'FailedCreate' | 'FailedDelete'; message: string },
): Status {
  const labels = replicaSet.spec?.template?.metadata?.labels ?? {};
  const minReadySeconds = replicaSet.spec?.minReadySeconds ?? 0;
  const conditions = conditionsOf(replicaSet, now, failure);
  return {
    replicas: pods.length,
    fullyLabeledReplicas: pods.filter((pod) => matchesLabels(labels, pod.metadata?.labels)).length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: pods.filter((pod) => isAvailable(pod, minReadySeconds, now)).length,
    observedGeneration: replicaSet.metadata?.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
}

/** Whether writing `next` would change what the API has; counts of zero are left out by the server. */
export function statusDiffers(next: Status, current: Status | undefined): boolean {
  const normal = (status: Partial<Status> | undefined) =>
    canonicalJson({
      replicas: status?.replicas ?? 0,
      fullyLabeled: status?.fullyLabeledReplicas ?? 0,
      ready: status?.readyReplicas ?? 0,
      available: status?.availableReplicas ?? 0,
      observedGeneration: status?.observedGeneration ?? 0,
      conditions: status?.conditions ?? [],
    });
  return normal(next) !== normal(current);
}

function conditionsOf(
  replicaSet: ReplicaSet,
  now: number,
  failure?: { reason: string; message: string },
): NonNullable<Status['conditions']> {
  const before = replicaSet.status?.conditions ?? [];
  const others = before.filter((condition) => condition.type !== 'ReplicaFailure');
  if (!failure) return others;
  const old = before.find((condition) => condition.type === 'ReplicaFailure');
  if (old?.reason === failure.reason && old.message === failure.message) return before;
  return [
    ...others,
    { type: 'ReplicaFailure', status: 'True', lastTransitionTime: timestamp(now), ...failure },
  ];
}
