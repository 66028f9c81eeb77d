import { expect } from 'chai';
import { resources } from '../../../lib/kube/resources.ts';
import type { Deployment, Pod } from '../../../sandbox/controllers/objects.ts';
import { askCluster, soon } from './ask-cluster.ts';
import { type RunningControllers, runningControllers } from './running-controllers.ts';

describe('Deployments against an API server', function () {
  this.timeout(60_000);
  let cluster: RunningControllers;
  before(async () => {
    cluster = await runningControllers();
    await nodesTakePods();
  });
  after(() => cluster.close());
  const { kubectl, list, get, events, deploy, complete, nodesTakePods } = askCluster(() => cluster);

  it('rolls a Deployment out, on workers only and spread evenly', async () => {
    await deploy('spread', 4);
    expect(await complete('spread')).to.include('successfully rolled out');
    const pods = await list<Pod>(resources.pods, 'app=spread');
    const nodes = pods.map(({ spec }) => spec?.nodeName).sort();
    expect(nodes).to.deep.equal(['worker-node01', 'worker-node01', 'worker-node02', 'worker-node02']);
    for (const { metadata } of pods)
      expect(metadata?.name).to.match(/^spread-[a-z0-9]+-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    await soon('events', async () =>
      (await events('ScalingReplicaSet')).some((text) => / from 0 to 4$/.test(text ?? '')),
    );
    expect((await events('Scheduled')).length).to.be.greaterThan(3);
    await kubectl('delete', 'deployment', 'spread');
    await soon('the pods to go', async () => (await list(resources.pods, 'app=spread')).length === 0);
  });

  it('updates, undoes and keeps the history with its change causes', async () => {
    await deploy('history', 2);
    await complete('history');
    await kubectl('annotate', 'deployment', 'history', 'kubernetes.io/change-cause=first');
    await kubectl('set', 'image', 'deployment/history', 'main=web:2');
    await kubectl('annotate', 'deployment', 'history', 'kubernetes.io/change-cause=second', '--overwrite');
    await complete('history');
    await soon('two revisions', async () =>
      /1\s+first\s+2\s+second/.test(await kubectl('rollout', 'history', 'deployment/history')),
    );
    await kubectl('rollout', 'undo', 'deployment/history');
    await complete('history');
    const pods = await soon('the old image', async () => {
      const items = await list<Pod>(resources.pods, 'app=history');
      return items.length === 2 && items.every(({ spec }) => spec?.containers[0]?.image === 'web:1') && items;
    });
    expect(pods).to.have.length(2);
    const current = await get<Deployment>(resources.deployments, 'history');
    expect(current.metadata?.annotations?.['deployment.kubernetes.io/revision']).to.equal('3');
    await kubectl('wait', '--for=condition=available', 'deployment/history', '--timeout=5s');
    await kubectl('delete', 'deployment', 'history');
  });

  it('ends all old pods first when the strategy is Recreate', async () => {
    await deploy('again', 2, { strategy: { type: 'Recreate' } });
    await complete('again');
    const before = new Set(
      (await list<Pod>(resources.pods, 'app=again')).map(({ metadata }) => metadata?.uid),
    );
    await kubectl('set', 'image', 'deployment/again', 'main=web:2');
    await complete('again');
    const after = await list<Pod>(resources.pods, 'app=again');
    expect(after.filter(({ metadata }) => before.has(metadata?.uid))).to.be.empty;
    await kubectl('delete', 'deployment', 'again');
  });

  it('replaces a deleted pod and a pod that was labelled out, and adopts one that fits', async () => {
    await deploy('steady', 2);
    await complete('steady');
    const [first, second] = await list<Pod>(resources.pods, 'app=steady');
    await kubectl('delete', 'pod', first?.metadata?.name ?? '', '--wait=false');
    await kubectl('label', 'pod', second?.metadata?.name ?? '', 'app=other', '--overwrite');
    await soon('two new pods', async () => {
      const names = (await list<Pod>(resources.pods, 'app=steady')).map(({ metadata }) => metadata?.name);
      return (
        names.length === 2 &&
        !names.includes(first?.metadata?.name) &&
        !names.includes(second?.metadata?.name)
      );
    });
    const released = await get<Pod>(resources.pods, second?.metadata?.name ?? '');
    expect(released.metadata?.ownerReferences ?? []).to.be.empty;
    await kubectl('label', 'pod', second?.metadata?.name ?? '', 'app=steady', '--overwrite');
    await soon('one pod too many to go', async () => (await list(resources.pods, 'app=steady')).length === 2);
    await kubectl('delete', 'deployment', 'steady');
  });

  it('scales to 50 pods and back without making one too many', async () => {
    await deploy('many', 0);
    await kubectl('scale', 'deployment/many', '--replicas=50');
    await soon(
      '50 ready',
      async () => (await get<Deployment>(resources.deployments, 'many')).status?.readyReplicas === 50,
    );
    expect(await list(resources.pods, 'app=many')).to.have.length(50);
    await kubectl('scale', 'deployment/many', '--replicas=1');
    await soon('1 left', async () => (await list(resources.pods, 'app=many')).length === 1);
    await kubectl('delete', 'deployment', 'many');
  });

  it('pauses, resumes and restarts a roll-out', async () => {
    await deploy('halt', 2);
    await complete('halt');
    await kubectl('rollout', 'pause', 'deployment/halt');
    await kubectl('set', 'image', 'deployment/halt', 'main=web:2');
    await soon('the pause to be seen', async () => {
      const { metadata, status } = await get<Deployment>(resources.deployments, 'halt');
      return status?.observedGeneration === metadata?.generation;
    });
    expect(await list(resources.replicaSets, 'app=halt')).to.have.length(1);
    await kubectl('rollout', 'resume', 'deployment/halt');
    await complete('halt');
    await kubectl('rollout', 'restart', 'deployment/halt');
    await complete('halt');
    expect(await list(resources.replicaSets, 'app=halt')).to.have.length(3);
    await kubectl('delete', 'deployment', 'halt');
  });
});
