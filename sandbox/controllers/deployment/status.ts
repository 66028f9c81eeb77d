import { type Deployment, nameOf, type ReplicaSet } from '../objects.ts';
import { canonicalJson } from '../template-hash.ts';
import { type Condition, withCondition, withoutCondition } from './conditions.ts';
import { progressCondition } from './progress.ts';
import { desiredSize, fenceposts } from './sizes.ts';

export type Status = NonNullable<Deployment['status']>;

export interface StatusView {
  deployment: Deployment;
  newest: ReplicaSet | undefined;
  /** All ReplicaSets, the newest among them. */
  all: readonly ReplicaSet[];
  /** The name of a ReplicaSet that is about to be made. */
  creating: string | undefined;
  now: number;
}

/** The status of a Deployment, from its ReplicaSets' (upstream: calculateStatus and syncRolloutStatus). Pure. */
export function deploymentStatus(view: StatusView): Status {
  const { deployment, newest, all, now } = view;
  const sum = (field: 'replicas' | 'readyReplicas' | 'availableReplicas') =>
    all.reduce((total, replicaSet) => total + (replicaSet.status?.[field] ?? 0), 0);
  const availableReplicas = sum('availableReplicas');
  const counts = {
    observedGeneration: deployment.metadata?.generation ?? 0,
    replicas: sum('replicas'),
    updatedReplicas: newest?.status?.replicas ?? 0,
    readyReplicas: sum('readyReplicas'),
    availableReplicas,
    unavailableReplicas: Math.max(0, totalWanted(all) - availableReplicas),
  };
  const status: Status = {
    ...counts,
    ...(deployment.status?.collisionCount !== undefined && {
      collisionCount: deployment.status.collisionCount,
    }),
  };
  const available = withCondition(
    deployment.status?.conditions ?? [],
    availability(deployment, availableReplicas),
    now,
  );
  const conditions = progressCondition({ ...view, status, conditions: available });
  return { ...status, conditions: withFailure(conditions, all, now) };
}

/** Whether `next` would change what the API has. */
export function deploymentStatusDiffers(next: Status, current: Status | undefined): boolean {
  const normal = ({ conditions = [], ...counts }: Status) =>
    canonicalJson([
      Object.entries(counts)
        .filter(([key, value]) => key !== 'terminatingReplicas' && value !== 0 && value !== undefined)
        .sort(),
      conditions.toSorted((a, b) => (a.type < b.type ? -1 : 1)),
    ]);
  return normal(next) !== normal(current ?? {});
}

function totalWanted(all: readonly ReplicaSet[]): number {
  return all.reduce((sum, replicaSet) => sum + (replicaSet.spec?.replicas ?? 1), 0);
}

function availability(
  deployment: Deployment,
  available: number,
): Pick<Condition, 'type' | 'status' | 'reason' | 'message'> {
  const enough = available >= desiredSize(deployment) - fenceposts(deployment).maxUnavailable;
  return {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough
      ? 'Deployment has minimum availability.'
      : 'Deployment does not have minimum availability.',
  };
}

/** A ReplicaSet that cannot make pods passes that on, so that `kubectl describe deployment` tells it. */
function withFailure(conditions: Condition[], all: readonly ReplicaSet[], now: number): Condition[] {
  for (const replicaSet of all.toReversed()) {
    const failure = replicaSet.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    if (!failure) continue;
    const { status, reason = 'FailedCreate', message = `see ReplicaSet ${nameOf(replicaSet)}` } = failure;
    return withCondition(conditions, { type: 'ReplicaFailure', status, reason, message }, now);
  }
  return withoutCondition(conditions, 'ReplicaFailure');
}
