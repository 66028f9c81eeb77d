import type { ReplicaSet } from '../objects.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const historyAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas';

/** Annotations of a Deployment that its ReplicaSets do not inherit. */
const ownAnnotations: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
]);

/** The annotations that pass from a Deployment to its newest ReplicaSet: `kubernetes.io/change-cause` among them. */
export function inheritedAnnotations(annotations: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !ownAnnotations.has(key)));
}

/** The revision by which `kubectl rollout history` lists it; 0 when it has none. */
export function revisionOf(replicaSet: ReplicaSet): number {
  return Number(replicaSet.metadata?.annotations?.[revisionAnnotation] ?? 0) || 0;
}

/**
 * The annotations of an existing newest ReplicaSet: inherited ones, and the revision when it rises, in which case the old
 * one joins the history (upstream: SetNewReplicaSetAnnotations).
 */
export function annotationsForRevision(
  replicaSet: ReplicaSet,
  inherited: Record<string, string>,
  revision: number,
): Record<string, string> {
  const before = replicaSet.metadata?.annotations ?? {};
  const old = revisionOf(replicaSet);
  const next = { ...before, ...inherited };
  if (old >= revision) return next;
  next[revisionAnnotation] = String(revision);
  if (old > 0) {
    const history = before[historyAnnotation];
    next[historyAnnotation] = history ? `${history},${old}` : String(old);
  }
  return next;
}
