import { expect } from 'chai';
import { resources } from '../../../lib/kube/resources.ts';
import type { AnyObject, Node, Pod, ReplicaSet } from '../../../sandbox/controllers/objects.ts';
import { askCluster, soon } from './ask-cluster.ts';
import { type RunningControllers, runningControllers } from './running-controllers.ts';

describe('the controllers against an API server', function () {
  this.timeout(60_000);
  let cluster: RunningControllers;
  before(async () => {
    cluster = await runningControllers();
  });
  after(() => cluster.close());
  const { kubectl, list, get, gone, events, deploy, complete, nodesTakePods } = askCluster(() => cluster);

  it('gives nodes subnets, and takes the taint of nodes that are ready away', async () => {
    const nodes = await soon('podCIDRs', async () => {
      const { items } = await cluster.client.list<Node>(resources.nodes);
      return items.length === 3 && items.every(({ spec }) => spec?.podCIDR) && items;
    });
    const subnets = nodes.map(({ spec }) => spec?.podCIDR);
    expect(new Set(subnets)).to.have.property('size', 3);
    expect(subnets).to.include('172.16.0.0/24');
    await nodesTakePods();
  });

  it('fills every namespace with its service account and the CA', async () => {
    await soon('the contents of default', async () => {
      await get(resources.serviceAccounts, 'default');
      const map = await get<AnyObject & { data?: Record<string, string> }>(
        resources.configMaps,
        'kube-root-ca.crt',
      );
      return map.data?.['ca.crt'] === cluster.client.credentials.ca;
    });
  });

  it('says why a pod fits nowhere, and places it when a node changes', async () => {
    await cluster.client.create<Pod>(resources.pods, {
      metadata: { name: 'picky', namespace: 'default' },
      spec: { nodeSelector: { disk: 'fast' }, containers: [{ name: 'main', image: 'web:1' }] },
    });
    const wording =
      "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector.";
    await soon('the warning', async () =>
      (await events('FailedScheduling')).some((text) => text?.startsWith(wording)),
    );
    const waiting = await get<Pod>(resources.pods, 'picky');
    expect(waiting.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.reason).to.equal(
      'Unschedulable',
    );
    await kubectl('label', 'node', 'worker-node02', 'disk=fast');
    await soon(
      'its place',
      async () => (await get<Pod>(resources.pods, 'picky')).spec?.nodeName === 'worker-node02',
    );
    await kubectl('label', 'node', 'worker-node02', 'disk-');
    await kubectl('delete', 'pod', 'picky', '--wait=false');
  });

  it('empties a namespace that is deleted, then lets it go', async () => {
    await kubectl('create', 'namespace', 'short');
    await kubectl('create', 'deployment', 'inside', '--image=web:1', '--replicas=2', '-n', 'short');
    await kubectl('create', 'configmap', 'things', '-n', 'short', '--from-literal=a=b');
    await soon('pods', async () => (await list(resources.pods, 'app=inside', 'short')).length === 2);
    await kubectl('delete', 'namespace', 'short', '--timeout=20s');
    await gone(resources.namespaces, 'short');
  });

  it('deletes in the foreground and leaves orphans when asked to', async () => {
    await deploy('front', 2);
    await complete('front');
    await kubectl('delete', 'deployment', 'front', '--cascade=foreground');
    expect(await list(resources.pods, 'app=front')).to.be.empty;
    await deploy('left', 1);
    await complete('left');
    await kubectl('delete', 'deployment', 'left', '--cascade=orphan');
    const [orphan] = await list<ReplicaSet>(resources.replicaSets, 'app=left');
    expect(orphan?.metadata?.ownerReferences ?? []).to.be.empty;
    await kubectl('delete', 'replicaset', '-l', 'app=left');
    await soon('its pod to go', async () => (await list(resources.pods, 'app=left')).length === 0);
  });

  it('goes on after the API server was away', async () => {
    await cluster.restartApi();
    await deploy('after', 3);
    expect(await complete('after')).to.include('successfully rolled out');
    expect(await list(resources.pods, 'app=after')).to.have.length(3);
    await kubectl('delete', 'deployment', 'after');
  });
});
