import { type Deployment, isDeleting, type Pod, type ReplicaSet, uidOf } from '../objects.ts';
import { controllerOf } from '../owners.ts';
import { isTerminal } from '../pod-state.ts';
import { desiredSize, fenceposts, newSize, sizeOf, totalSize } from './sizes.ts';

export interface Resize {
  replicaSet: ReplicaSet;
  to: number;
}

/** The next sizes of a rolling update: first the new set grows, then old ones shrink. Empty when nothing may move now. */
export function rollingSteps(
  deployment: Deployment,
  newest: ReplicaSet,
  old: readonly ReplicaSet[],
): Resize[] {
  const desired = desiredSize(deployment);
  if (sizeOf(newest) > desired) return [{ replicaSet: newest, to: desired }];
  const to = newSize(deployment, [newest, ...old], newest);
  return to === sizeOf(newest) ? shrinkOld(deployment, newest, old) : [{ replicaSet: newest, to }];
}

/**
 * Old ReplicaSets give up what is broken first, then what is healthy, as far as enough pods stay available
 * (upstream: pkg/controller/deployment/rolling.go).
 */
function shrinkOld(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): Resize[] {
  const least = desiredSize(deployment) - fenceposts(deployment).maxUnavailable;
  const missingNew = sizeOf(newest) - available(newest);
  let allowed = totalSize([newest, ...old]) - least - missingNew;
  const sizes = new Map(old.map((replicaSet) => [replicaSet, sizeOf(replicaSet)]));
  for (const replicaSet of old) {
    const broken = Math.max(0, Math.min(allowed, sizeOf(replicaSet) - available(replicaSet)));
    sizes.set(replicaSet, sizeOf(replicaSet) - broken);
    allowed -= broken;
  }
  let spare = [newest, ...old].reduce((sum, replicaSet) => sum + available(replicaSet), 0) - least;
  if (allowed <= 0) spare = 0;
  for (const [replicaSet, size] of sizes) {
    const healthy = Math.max(0, Math.min(spare, size));
    sizes.set(replicaSet, size - healthy);
    spare -= healthy;
  }
  return [...sizes]
    .filter(([replicaSet, to]) => to !== sizeOf(replicaSet))
    .map(([replicaSet, to]) => ({ replicaSet, to }));
}

/** Whether pods of other than the newest template still run; `Recreate` waits for their end. */
export function oldPodsRun(newest: ReplicaSet | undefined, pods: readonly Pod[]): boolean {
  return pods.some((pod) => !isTerminal(pod) && (!newest || controllerOf(pod)?.uid !== uidOf(newest)));
}

/** Old ReplicaSets beyond the history limit, oldest revision first, that are empty and settled. */
export function surplusHistory(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  revisionOf: (replicaSet: ReplicaSet) => number,
): ReplicaSet[] {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10;
  const alive = old.filter((replicaSet) => !isDeleting(replicaSet));
  const surplus = Math.max(0, alive.length - limit);
  return alive
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, surplus)
    .filter(
      (replicaSet) =>
        sizeOf(replicaSet) === 0 &&
        (replicaSet.status?.replicas ?? 0) === 0 &&
        (replicaSet.metadata?.generation ?? 0) <= (replicaSet.status?.observedGeneration ?? 0),
    );
}

function available(replicaSet: ReplicaSet): number {
  return replicaSet.status?.availableReplicas ?? 0;
}
