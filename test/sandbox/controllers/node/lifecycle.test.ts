import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { waitFor } from '../../../../lib/wait.ts';
import type { EndpointSlice, Node, Pod, Service } from '../../../../sandbox/controllers/objects.ts';
import { type RunningControllers, readyNode, runningControllers } from '../running-controllers.ts';

describe('a node that falls silent', function () {
  this.timeout(30_000);
  let cluster: RunningControllers;
  before(async () => {
    cluster = await runningControllers({ nodeGraceMs: 3000 });
  });
  after(() => cluster.close());

  const soon = <T>(what: string, look: () => Promise<T | undefined | false>) =>
    waitFor(look, { what, timeoutMs: 10_000, intervalMs: 20 });
  const name = 'worker-node01';
  const node = () => cluster.client.get<Node>(resources.nodes, { name });
  const taints = async () => ((await node()).spec?.taints ?? []).map(({ key, effect }) => `${key} ${effect}`);

  const endpointReady = async () => {
    const labelSelector = 'kubernetes.io/service-name=quiet';
    const { items } = await cluster.client.list<EndpointSlice>(resources.endpointSlices, { labelSelector });
    return items[0]?.endpoints?.[0]?.conditions?.ready;
  };

  it('is Unknown and tainted, its pods leave their Services, and all is well when it comes back', async () => {
    await cluster.client.create<Service>(resources.services, {
      metadata: { name: 'quiet', namespace: 'default' },
      spec: { selector: { app: 'quiet' }, ports: [{ port: 80 }] },
    });
    await cluster.client.create<Pod>(resources.pods, {
      metadata: { name: 'quiet', namespace: 'default', labels: { app: 'quiet' } },
      spec: { nodeName: name, containers: [{ name: 'main', image: 'web:1' }] },
    });
    await soon('the endpoint', async () => {
      await readyNode(cluster.client, name);
      return (await endpointReady()) === true;
    });
    await soon('the node to be given up', async () => {
      const ready = (await node()).status?.conditions?.find(({ type }) => type === 'Ready');
      return ready?.status === 'Unknown' && ready.reason === 'NodeStatusUnknown';
    });
    await soon('the taints', async () => (await taints()).length === 2);
    expect(await taints()).to.have.members([
      'node.kubernetes.io/unreachable NoSchedule',
      'node.kubernetes.io/unreachable NoExecute',
    ]);
    await soon('the endpoint to leave', async () => (await endpointReady()) === false);
    await soon('the taints to go', async () => {
      await readyNode(cluster.client, name);
      return (await taints()).length === 0;
    });
  });

  it('takes its pods with it when it is deleted', async () => {
    await cluster.client.delete(resources.nodes, { name });
    await soon('the pod to be removed', async () => {
      const { items } = await cluster.client.list<Pod>(resources.pods, { namespace: 'default' });
      return items.length === 0;
    });
  });
});
