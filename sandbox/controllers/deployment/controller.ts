import { keyOf } from '../../../lib/kube/informer.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { isEmptySelector, matchesSelector } from '../../../lib/kube/selector.ts';
import type { Cluster } from '../cluster.ts';
import { type Deployment, namespaceOf, type Pod, type ReplicaSet, uidOf } from '../objects.ts';
import { claim, controllerOf } from '../owners.ts';
import { adopt, release } from '../ownership-writes.ts';
import type { Outcome } from '../work-queue.ts';
import { planDeployment } from './plan.ts';
import { createDeploymentWriter } from './writer.ts';

/** Rolls Deployments out by way of ReplicaSets. */
export function deploymentController(cluster: Cluster): void {
  const { client, stores, now } = cluster;
  const recorder = cluster.recorder('deployment-controller');
  const writer = createDeploymentWriter({ client, stores, recorder });
  const queue = cluster.queue('deployment', reconcile);

  stores.deployments.subscribe((key) => queue.add(key));
  stores.replicaSets.subscribe((_key, replicaSet, before) => {
    for (const key of deploymentsOf(cluster, replicaSet)) queue.add(key);
    if (before) for (const key of deploymentsOf(cluster, before)) queue.add(key);
  });
  stores.pods.subscribe((_key, pod, before) => {
    if (!pod && before) for (const key of recreatingOwners(cluster, before)) queue.add(key);
  });

  async function reconcile(key: string): Promise<Outcome> {
    const deployment = stores.deployments.get(key);
    if (!deployment) return;
    if (isEmptySelector(deployment.spec?.selector)) {
      const text = 'This deployment is selecting all pods. A non-empty selector is required.';
      const about = { resource: resources.deployments, object: deployment };
      recorder.event(about, 'Warning', 'SelectingAll', text);
      return;
    }
    const replicaSets = await claimed(deployment);
    const uids = new Set(replicaSets.map(uidOf));
    const pods = stores.pods
      .inNamespace(namespaceOf(deployment))
      .filter((pod) => uids.has(controllerOf(pod)?.uid ?? ''));
    const plan = planDeployment({ deployment, replicaSets, pods, now: now() });
    await writer.write(deployment, plan);
    return plan.nextLookMs === undefined ? undefined : { afterMs: plan.nextLookMs + 1000 };
  }

  /** The ReplicaSets that are the Deployment's; adopts and releases on the way, and works with them from the next time. */
  async function claimed(deployment: Deployment): Promise<ReplicaSet[]> {
    const owned: ReplicaSet[] = [];
    for (const replicaSet of stores.replicaSets.inNamespace(namespaceOf(deployment))) {
      const matches = matchesSelector(deployment.spec?.selector, replicaSet.metadata?.labels);
      const verdict = claim(deployment, replicaSet, matches);
      if (verdict === 'keep') owned.push(replicaSet);
      if (verdict === 'adopt') {
        const adopted = await adopt(
          client,
          resources.deployments,
          deployment,
          replicaSet,
          resources.replicaSets,
        );
        owned.push(adopted as ReplicaSet);
      }
      if (verdict === 'release') await release(client, deployment, replicaSet, resources.replicaSets);
    }
    return owned;
  }
}

function deploymentsOf({ stores }: Cluster, replicaSet: ReplicaSet | undefined): string[] {
  if (!replicaSet) return [];
  const controller = controllerOf(replicaSet);
  if (controller) {
    return controller.kind === 'Deployment' ? [`${namespaceOf(replicaSet)}/${controller.name}`] : [];
  }
  return stores.deployments
    .inNamespace(namespaceOf(replicaSet))
    .filter(({ spec }) => matchesSelector(spec?.selector, replicaSet.metadata?.labels))
    .map((deployment) => keyOf(deployment));
}

/** The Deployment of a pod that went away, if it waits for the end of its old pods. */
function recreatingOwners(cluster: Cluster, pod: Pod): string[] {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'ReplicaSet') return [];
  const replicaSet = cluster.stores.replicaSets.get(`${namespaceOf(pod)}/${owner.name}`);
  return deploymentsOf(cluster, replicaSet).filter(
    (key) => cluster.stores.deployments.get(key)?.spec?.strategy?.type === 'Recreate',
  );
}
