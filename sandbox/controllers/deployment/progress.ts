import { type Deployment, nameOf } from '../objects.ts';
import { type Condition, findCondition, withCondition } from './conditions.ts';
import { desiredSize } from './sizes.ts';
import type { Status, StatusView } from './status.ts';

/** `progressDeadlineSeconds` of this size means: no deadline. */
const noDeadline = 2_147_483_647;

interface ProgressView extends StatusView {
  status: Status;
  conditions: Condition[];
}

/** Adds what is to be said about the progress of the roll-out (upstream: pkg/controller/deployment/progress.go). */
export function progressCondition(view: ProgressView): Condition[] {
  const { deployment, conditions, now } = view;
  if (!hasDeadline(deployment)) return conditions;
  const current = findCondition(conditions, 'Progressing');
  if (view.creating !== undefined) {
    const message = `Created new replica set "${view.creating}"`;
    return say(conditions, 'True', 'NewReplicaSetCreated', message, now);
  }
  const paused = pausedCondition(deployment, current);
  if (paused) return say(conditions, 'Unknown', paused.reason, paused.message, now);
  if (deployment.spec?.paused) return conditions;
  if (current?.reason === 'NewReplicaSetAvailable' && view.status.replicas === view.status.updatedReplicas) {
    return conditions;
  }
  return rolloutProgress(view, current);
}

/** Milliseconds until the roll-out would have taken too long, undefined when it is not under way. */
export function deadlineInMs(deployment: Deployment, status: Status, now: number): number | undefined {
  const condition = findCondition(status.conditions, 'Progressing');
  if (!condition || !hasDeadline(deployment) || deployment.spec?.paused) return undefined;
  if (condition.status !== 'True' || condition.reason === 'NewReplicaSetAvailable') return undefined;
  return Math.max(0, overdueAt(deployment, condition) - now);
}

/** True when all pods are new, available and none is too many (upstream: DeploymentComplete). */
export function isComplete(deployment: Deployment, status: Status): boolean {
  const desired = desiredSize(deployment);
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired
  );
}

function rolloutProgress(view: ProgressView, current: Condition | undefined): Condition[] {
  const { deployment, status, conditions, now } = view;
  const subject = view.newest ? `ReplicaSet "${nameOf(view.newest)}"` : `Deployment "${nameOf(deployment)}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return say(conditions, 'True', 'NewReplicaSetAvailable', message, now);
  }
  if (moved(deployment.status ?? {}, status)) {
    return say(conditions, 'True', 'ReplicaSetUpdated', `${subject} is progressing.`, now, true);
  }
  if (current && now >= overdueAt(deployment, current)) {
    return say(conditions, 'False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`, now);
  }
  return conditions;
}

function pausedCondition(
  deployment: Deployment,
  current: Condition | undefined,
): { reason: string; message: string } | undefined {
  if (current?.reason === 'ProgressDeadlineExceeded') return undefined;
  const wasPaused = current?.reason === 'DeploymentPaused';
  if (deployment.spec?.paused && !wasPaused) {
    return { reason: 'DeploymentPaused', message: 'Deployment is paused' };
  }
  if (!deployment.spec?.paused && wasPaused) {
    return { reason: 'DeploymentResumed', message: 'Deployment is resumed' };
  }
  return undefined;
}

function hasDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== noDeadline;
}

function overdueAt(deployment: Deployment, condition: Condition): number {
  return (
    Date.parse(condition.lastUpdateTime ?? '') + (deployment.spec?.progressDeadlineSeconds ?? 600) * 1000
  );
}

function moved(before: Status, after: Status): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: Status) => replicas - updatedReplicas;
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function say(
  conditions: readonly Condition[],
  status: string,
  reason: string,
  message: string,
  now: number,
  touch = false,
): Condition[] {
  return withCondition(conditions, { type: 'Progressing', status, reason, message }, now, touch);
}
