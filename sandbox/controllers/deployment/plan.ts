import { createdAt, type Deployment, isDeleting, nameOf, type Pod, type ReplicaSet } from '../objects.ts';
import { canonicalJson } from '../template-hash.ts';
import {
  annotationsForRevision,
  desiredAnnotation,
  inheritedAnnotations,
  maxAnnotation,
  revisionOf,
} from './annotations.ts';
import { newReplicaSet } from './new-replica-set.ts';
import { deadlineInMs, isComplete } from './progress.ts';
import { oldPodsRun, type Resize, rollingSteps, surplusHistory } from './rolling.ts';
import { sameTemplate } from './same-template.ts';
import { scaleSteps, wasScaled } from './scale.ts';
import { desiredSize, fenceposts, isRolling, newSize, sizeOf } from './sizes.ts';
import { deploymentStatus, type Status } from './status.ts';

export interface DeploymentView {
  deployment: Deployment;
  /** The ReplicaSets that it controls. */
  replicaSets: readonly ReplicaSet[];
  /** The pods of those. */
  pods: readonly Pod[];
  now: number;
}

/** What a Deployment has to write now; the rest follows when that has had its effect. */
export interface DeploymentPlan {
  create?: ReplicaSet;
  /** ReplicaSets with new annotations or sizes, as they are to be. */
  update: ReplicaSet[];
  remove: ReplicaSet[];
  /** The revision to be written on the Deployment, when it has another. */
  revision?: number;
  status: Status;
  nextLookMs: number | undefined;
}

/** Decides the next step of a Deployment (upstream: syncDeployment and what it calls). Pure. */
export function planDeployment(view: DeploymentView): DeploymentPlan {
  const { deployment, now } = view;
  const all = view.replicaSets.toSorted(
    (a, b) => createdAt(a) - createdAt(b) || (nameOf(a) < nameOf(b) ? -1 : 1),
  );
  const newest = all.find((replicaSet) => sameTemplate(deployment, replicaSet));
  const old = all.filter((replicaSet) => replicaSet !== newest);
  const step = isDeleting(deployment) ? {} : nextStep(view, all, newest, old);
  const creating = step.create && nameOf(step.create);
  const status = deploymentStatus({ deployment, newest, all, creating, now });
  const done = !step.create && !step.update && isComplete(deployment, status) && !isDeleting(deployment);
  return {
    ...(step.create && { create: step.create }),
    update: step.update ?? [],
    remove: done || deployment.spec?.paused ? surplusHistory(deployment, old, revisionOf) : [],
    ...(newest && !isDeleting(deployment) && { revision: revisionOf(newest) }),
    status,
    nextLookMs: deadlineInMs(deployment, status, now),
  };
}

interface Step {
  create?: ReplicaSet;
  update?: ReplicaSet[];
}

function nextStep(
  { deployment, pods }: DeploymentView,
  all: readonly ReplicaSet[],
  newest: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Step {
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  const annotated = newest && withRevision(deployment, newest, revision);
  if (annotated) return { update: [annotated] };
  if (deployment.spec?.paused || wasScaled(deployment, all)) {
    return resized(deployment, scaleSteps(deployment, newest, old));
  }
  if (!isRolling(deployment)) return recreate(deployment, pods, newest, old, revision);
  if (!newest) {
    return { create: newReplicaSet(deployment, newSize(deployment, all, newest), revision) };
  }
  return resized(deployment, rollingSteps(deployment, newest, old));
}

/** All old pods end before the first new one starts (upstream: recreate.go). */
function recreate(
  deployment: Deployment,
  pods: readonly Pod[],
  newest: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  revision: number,
): Step {
  const alive = old.filter((replicaSet) => sizeOf(replicaSet) > 0);
  if (alive.length > 0) {
    return resized(
      deployment,
      alive.map((replicaSet) => ({ replicaSet, to: 0 })),
    );
  }
  if (oldPodsRun(newest, pods)) return {};
  if (!newest) return { create: newReplicaSet(deployment, desiredSize(deployment), revision) };
  return resized(deployment, [{ replicaSet: newest, to: desiredSize(deployment) }]);
}

function withRevision(deployment: Deployment, newest: ReplicaSet, revision: number): ReplicaSet | undefined {
  const inherited = inheritedAnnotations(deployment.metadata?.annotations);
  const annotations = annotationsForRevision(newest, inherited, revision);
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  const same =
    canonicalJson(annotations) === canonicalJson(newest.metadata?.annotations ?? {}) &&
    (newest.spec?.minReadySeconds ?? 0) === minReadySeconds;
  if (same || !newest.spec) return undefined;
  return {
    ...newest,
    metadata: { ...newest.metadata, annotations },
    spec: { ...newest.spec, minReadySeconds },
  };
}

/** The ReplicaSets whose size, or whose memory of the wanted size, differs from what a step asks for. */
function resized(deployment: Deployment, steps: readonly Resize[]): Step {
  const desired = desiredSize(deployment);
  const sizes = {
    [desiredAnnotation]: String(desired),
    [maxAnnotation]: String(desired + fenceposts(deployment).maxSurge),
  };
  const update = steps.flatMap(({ replicaSet, to }) => {
    const { annotations = {} } = replicaSet.metadata ?? {};
    const known = Object.entries(sizes).every(([key, value]) => annotations[key] === value);
    if ((known && to === sizeOf(replicaSet)) || !replicaSet.spec) return [];
    const metadata = { ...replicaSet.metadata, annotations: { ...annotations, ...sizes } };
    return [{ ...replicaSet, metadata, spec: { ...replicaSet.spec, replicas: to } }];
  });
  return update.length === 0 ? {} : { update };
}
