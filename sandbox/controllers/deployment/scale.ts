import { createdAt, type Deployment, type ReplicaSet } from '../objects.ts';
import { desiredAnnotation, maxAnnotation } from './annotations.ts';
import type { Resize } from './rolling.ts';
import { desiredSize, fenceposts, isRolling, sizeOf, totalSize } from './sizes.ts';

/** Whether the Deployment was scaled since its ReplicaSets were last sized (upstream: isScalingEvent). */
export function wasScaled(deployment: Deployment, all: readonly ReplicaSet[]): boolean {
  return all.some((replicaSet) => {
    const desired = replicaSet.metadata?.annotations?.[desiredAnnotation];
    return sizeOf(replicaSet) > 0 && desired !== undefined && Number(desired) !== desiredSize(deployment);
  });
}

/**
 * New sizes after a Deployment was scaled: all to the one active set; or, in the middle of a roll-out, spread over the
 * active sets in proportion to their sizes, so that the risk stays as it was (upstream: deployment/sync.go, scale).
 */
export function scaleSteps(
  deployment: Deployment,
  newest: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Resize[] {
  const desired = desiredSize(deployment);
  const active = [...(newest ? [newest] : []), ...old].filter((replicaSet) => sizeOf(replicaSet) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? newest ?? old.at(-1);
    return only ? [{ replicaSet: only, to: desired }] : [];
  }
  if (newest && sizeOf(newest) === desired && newest.status?.availableReplicas === desired) {
    return old.filter((replicaSet) => sizeOf(replicaSet) > 0).map((replicaSet) => ({ replicaSet, to: 0 }));
  }
  return isRolling(deployment) ? proportional(deployment, active) : [];
}

function proportional(deployment: Deployment, active: readonly ReplicaSet[]): Resize[] {
  const desired = desiredSize(deployment);
  const allowed = desired > 0 ? desired + fenceposts(deployment).maxSurge : 0;
  const toAdd = allowed - totalSize(active);
  const growing = toAdd > 0;
  const order = active.toSorted(
    (a, b) => sizeOf(b) - sizeOf(a) || (createdAt(a) - createdAt(b)) * (growing ? -1 : 1),
  );
  let added = 0;
  const sizes = order.map((replicaSet) => {
    const wanted = toAdd === 0 ? 0 : share(deployment, replicaSet, allowed);
    const left = toAdd - added;
    const part = growing ? Math.max(0, Math.min(wanted, left)) : Math.min(0, Math.max(wanted, left));
    added += part;
    return { replicaSet, to: sizeOf(replicaSet) + part };
  });
  const [first] = sizes;
  if (first) first.to = Math.max(0, first.to + toAdd - added);
  return sizes;
}

/** By how much a set would grow (or shrink) if it kept its part of the whole. */
function share(deployment: Deployment, replicaSet: ReplicaSet, allowed: number): number {
  if (desiredSize(deployment) === 0) return -sizeOf(replicaSet);
  const before =
    Number(replicaSet.metadata?.annotations?.[maxAnnotation]) ||
    deployment.status?.replicas ||
    sizeOf(replicaSet);
  return Math.round((sizeOf(replicaSet) * allowed) / before) - sizeOf(replicaSet);
}
