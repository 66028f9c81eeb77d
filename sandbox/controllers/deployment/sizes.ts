import type { Deployment, ReplicaSet } from '../objects.ts';

/** How many pods a ReplicaSet asks for. */
export function sizeOf(replicaSet: ReplicaSet | undefined): number {
  return replicaSet ? (replicaSet.spec?.replicas ?? 1) : 0;
}

/** How many pods the Deployment asks for; 1 when it does not say. */
export function desiredSize(deployment: Deployment): number {
  return deployment.spec?.replicas ?? 1;
}

/** How many pods these ReplicaSets ask for together. */
export function totalSize(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + sizeOf(replicaSet), 0);
}

/** True unless all old pods are to end before the first new one starts. */
export function isRolling(deployment: Deployment): boolean {
  return deployment.spec?.strategy?.type !== 'Recreate';
}

/** The pods there may be too many or too few during a roll-out; never both 0 (upstream: ResolveFenceposts). */
export function fenceposts(deployment: Deployment): { maxSurge: number; maxUnavailable: number } {
  const desired = desiredSize(deployment);
  if (!isRolling(deployment) || desired === 0) return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge: surge = '25%', maxUnavailable: unavailable = '25%' } =
    deployment.spec?.strategy?.rollingUpdate ?? {};
  const maxSurge = scaled(surge, desired, Math.ceil);
  const maxUnavailable = Math.min(desired, scaled(unavailable, desired, Math.floor));
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

/** The size that the newest ReplicaSet may have now, given all there are (upstream: NewRSNewReplicas). */
export function newSize(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newest: ReplicaSet | undefined,
): number {
  const desired = desiredSize(deployment);
  if (!isRolling(deployment)) return desired;
  const current = sizeOf(newest);
  const room = desired + fenceposts(deployment).maxSurge - totalSize(all);
  return room <= 0 ? current : current + Math.min(room, desired - current);
}

function scaled(value: number | string, total: number, round: (x: number) => number): number {
  return typeof value === 'number' ? value : round((total * Number.parseInt(value, 10)) / 100);
}
