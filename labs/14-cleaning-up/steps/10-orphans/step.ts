import { apiVersionOf, resources } from '../../../../lib/kube/resources.ts';
import type { V1ReplicaSet, Wire } from '../../../../lib/kube/types.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensure, find } from '../../../steps/ensure.ts';
import { note, noted } from '../../../steps/notes.ts';
import { applyManifest, remove } from '../../../steps/objects.ts';
import { nameOf, podsWith, readyPods } from '../../../steps/pods.ts';
import { type Look, until } from '../../../steps/until.ts';

type ReplicaSet = Wire<V1ReplicaSet>;

const deployment = 'hostname-deployment';
const service = 'hostname-service-clusterip';
const selector = 'app=webserver';

export const orphans: Step = {
  id: '10-orphans',
  claims: ['L-12'],
  look: 'kubectl get deployments,replicasets,pods,services --selector app=webserver; whose are the pods?',
  links: [
    'document 001, "리소스 정리"',
    'https://kubernetes.io/docs/concepts/architecture/garbage-collection/#orphaned-dependents',
  ],
  setUp: orphaned,
  async check(lab) {
    await foreseen(lab);
    const sets = await replicaSets(lab);
    demand(sets.length === 0, { expected: 'no ReplicaSet left', observed: sets.map(nameOf).join(', ') });
    const pods = (await podsWith(lab, selector)).map(nameOf);
    demand(pods.length === 0, {
      expected: 'no pod left',
      observed: pods.join(', '),
      mistake: 'pods-orphaned',
    });
  },
  async solve(lab) {
    await applyManifest(lab, service);
    await removeReplicaSets(lab);
    for (const pod of await podsWith(lab, selector)) await remove(lab, resources.pods, nameOf(pod));
    await readyPods(lab, selector, 0);
  },
  reset: orphaned,
  mistakes: [
    {
      id: 'pods-alone',
      async make(lab) {
        for (const pod of await podsWith(lab, selector)) await remove(lab, resources.pods, nameOf(pod));
        await readyPods(lab, selector, 3);
      },
    },
    {
      id: 'pods-orphaned',
      async make(lab) {
        for (const set of await replicaSets(lab)) await deleteAsOrphan(lab, 'replicaSets', nameOf(set));
      },
    },
    {
      id: 'service-too',
      async make(lab) {
        await removeReplicaSets(lab);
        await remove(lab, resources.services, service);
      },
    },
  ],
  prediction: deletePodOfReplicaSet,
};

/** The state that `kubectl delete deployment --cascade=orphan` leaves behind: a ReplicaSet, its pods, the Service. */
async function orphaned(lab: Lab): Promise<void> {
  await applyManifest(lab, service);
  const [applied] = await applyManifest(lab, deployment);
  const owner = applied?.object.metadata?.uid;
  await until(lab, () => ownedBy(lab, owner), { expected: `one ReplicaSet that ${deployment} owns` });
  const pods = await readyPods(lab, selector, 3);
  await deleteAsOrphan(lab, 'deployments', deployment);
  await until(lab, () => ownedBy(lab, undefined), { expected: 'one ReplicaSet that nobody owns' });
  await note(lab, 'orphans', pods.map(nameOf).join());
}

/** A ReplicaSet that is taken over just while its new owner goes would go with it. */
async function ownedBy(lab: Lab, owner: string | undefined): Promise<Look<true>> {
  const owners = (await replicaSets(lab)).map(({ metadata }) => metadata?.ownerReferences?.[0]?.uid);
  if (owners.length === 1 && owners[0] === owner) return { found: true };
  return { yet: `${owners.length} ReplicaSets, owned by ${owners.join(', ') || 'nobody'}` };
}

async function deleteAsOrphan(lab: Lab, kind: 'deployments' | 'replicaSets', name: string): Promise<void> {
  const ref = { namespace: lab.namespace, name };
  await lab.client.delete(resources[kind], ref, { propagationPolicy: 'Orphan', signal: lab.signal });
  const look = async (): Promise<Look<true>> =>
    (await find(lab, resources[kind], name)) === undefined ? { found: true } : { yet: 'still there' };
  await until(lab, look, { expected: `${name} to go without its children` });
}

async function replicaSets(lab: Lab): Promise<ReplicaSet[]> {
  const { client, namespace, signal } = lab;
  const options = { namespace, labelSelector: selector, signal };
  return (await client.list<ReplicaSet>(resources.replicaSets, options)).items;
}

async function removeReplicaSets(lab: Lab): Promise<void> {
  for (const set of await replicaSets(lab)) await remove(lab, resources.replicaSets, nameOf(set));
}

async function foreseen(lab: Lab): Promise<void> {
  demand((await find(lab, resources.services, service)) !== undefined, {
    expected: `the Service ${service} still there`,
    observed: 'gone',
    mistake: 'service-too',
  });
  const sets = await replicaSets(lab);
  const before = (await noted(lab, 'orphans')).split(',');
  const isNew = (await podsWith(lab, selector)).some((pod) => !before.includes(nameOf(pod)));
  demand(sets.length === 0 || !isNew, {
    expected: 'no pod left',
    observed: 'new pods in place of those that were deleted',
    mistake: 'pods-alone',
  });
}

/** Deletes the pod of a small ReplicaSet that nobody owns, and looks whether another comes. */
async function deletePodOfReplicaSet(lab: Lab): Promise<number> {
  const labels = { app: 'guess' };
  const containers = [{ name: 'pause', image: 'registry.k8s.io/pause:3.10' }];
  const set: ReplicaSet = {
    apiVersion: apiVersionOf(resources.replicaSets),
    metadata: { name: 'guess' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
  await ensure(lab, resources.replicaSets, set);
  const [first] = await readyPods(lab, 'app=guess', 1);
  const ref = { namespace: lab.namespace, name: first ? nameOf(first) : '' };
  await lab.client.delete(resources.pods, ref, { gracePeriodSeconds: 0, signal: lab.signal });
  const another = async (): Promise<Look<2>> => {
    const names = (await podsWith(lab, 'app=guess')).map(nameOf);
    return names.some((name) => name !== ref.name) ? { found: 2 } : { yet: 'none' };
  };
  const seen = await until(lab, another, { expected: 'another pod', timeoutMs: 5000 }).catch(() => 1);
  await remove(lab, resources.replicaSets, 'guess');
  return seen;
}
