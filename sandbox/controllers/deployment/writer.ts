import { messageOf } from '../../../lib/errors.ts';
import { isAlreadyExists, isNotFound } from '../../../lib/kube/api-error.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { keyOf } from '../../../lib/kube/informer.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { type Deployment, nameOf, namespaceOf, type ReplicaSet, uidOf } from '../objects.ts';
import { controllerOf } from '../owners.ts';
import type { Recorder } from '../recorder.ts';
import type { Store } from '../store.ts';
import { revisionAnnotation } from './annotations.ts';
import type { DeploymentPlan } from './plan.ts';
import { sameTemplate } from './same-template.ts';
import { sizeOf } from './sizes.ts';
import { deploymentStatusDiffers } from './status.ts';

export interface DeploymentWriter {
  write(deployment: Deployment, plan: DeploymentPlan): Promise<void>;
}

/** Carries plans out, with the events that belong to them. Conflicts are thrown: the next look decides anew. */
export function createDeploymentWriter(parts: {
  client: Client;
  stores: { replicaSets: Pick<Store<ReplicaSet>, 'get'> };
  recorder: Recorder;
}): DeploymentWriter {
  const { client, stores, recorder } = parts;

  async function write(deployment: Deployment, plan: DeploymentPlan): Promise<void> {
    if (plan.create && (await create(deployment, plan.create)) === 'collision') return;
    for (const replicaSet of plan.update) await update(deployment, replicaSet);
    for (const { metadata = {} } of plan.remove) {
      const ref = { namespace: metadata.namespace, name: metadata.name ?? '' };
      await client.delete(resources.replicaSets, ref).catch(ignoreMissing);
    }
    if (deploymentStatusDiffers(plan.status, deployment.status)) {
      const next = { ...deployment, status: plan.status };
      await client.replace(resources.deployments, next, { subresource: 'status' });
    }
    await writeRevision(deployment, plan.revision);
  }

  async function writeRevision(deployment: Deployment, revision: number | undefined): Promise<void> {
    const value = String(revision);
    if (!revision || deployment.metadata?.annotations?.[revisionAnnotation] === value) return;
    const ref = { namespace: namespaceOf(deployment), name: nameOf(deployment) };
    const patch = { metadata: { annotations: { [revisionAnnotation]: value } } };
    await client.patch(resources.deployments, ref, patch, { type: 'merge' });
  }

  async function create(deployment: Deployment, replicaSet: ReplicaSet): Promise<'made' | 'collision'> {
    try {
      await client.create(resources.replicaSets, replicaSet);
    } catch (error) {
      if (isAlreadyExists(error)) return collide(deployment, replicaSet);
      const text = `Failed to create new replica set "${nameOf(replicaSet)}": ${messageOf(error)}`;
      say(deployment, 'Warning', 'ReplicaSetCreateError', text);
      throw error;
    }
    if (sizeOf(replicaSet) > 0) sayScaled(deployment, replicaSet, 0);
    return 'made';
  }

  /** The name is taken: by our own set that the store has not shown yet, or by another with the same hash. */
  async function collide(deployment: Deployment, replicaSet: ReplicaSet): Promise<'made' | 'collision'> {
    const ref = { namespace: namespaceOf(replicaSet), name: nameOf(replicaSet) };
    const there = await client.get<ReplicaSet>(resources.replicaSets, ref);
    if (controllerOf(there)?.uid === uidOf(deployment) && sameTemplate(deployment, there)) return 'made';
    const status = { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 };
    await client.replace(resources.deployments, { ...deployment, status }, { subresource: 'status' });
    return 'collision';
  }

  async function update(deployment: Deployment, replicaSet: ReplicaSet): Promise<void> {
    const before = sizeOf(stores.replicaSets.get(keyOf(replicaSet)));
    await client.replace(resources.replicaSets, replicaSet);
    if (before !== sizeOf(replicaSet)) sayScaled(deployment, replicaSet, before);
  }

  function sayScaled(deployment: Deployment, replicaSet: ReplicaSet, from: number): void {
    const to = sizeOf(replicaSet);
    const text = `Scaled ${to > from ? 'up' : 'down'} replica set ${nameOf(replicaSet)} from ${from} to ${to}`;
    say(deployment, 'Normal', 'ScalingReplicaSet', text);
  }

  function say(object: Deployment, type: 'Normal' | 'Warning', reason: string, message: string): void {
    recorder.event({ resource: resources.deployments, object }, type, reason, message);
  }

  return { write };
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
