import { expect } from 'chai';
import { run } from '../../../lib/exec.ts';
import { isNotFound } from '../../../lib/kube/api-error.ts';
import { type Resource, resources } from '../../../lib/kube/resources.ts';
import type { CoreV1Event, Wire } from '../../../lib/kube/types.ts';
import { waitFor } from '../../../lib/wait.ts';
import type {
  AnyObject,
  Deployment,
  EndpointSlice,
  Endpoints,
  Node,
  Pod,
  ReplicaSet,
  Service,
} from '../../../sandbox/controllers/objects.ts';
import { template } from './build.ts';
import { type RunningControllers, runningControllers } from './running-controllers.ts';

describe('the controllers against an API server', function () {
  this.timeout(60_000);
  let cluster: RunningControllers;
  before(async () => {
    cluster = await runningControllers();
  });
  after(() => cluster.close());

  const kubectl = async (...args: string[]) =>
    (await run('kubectl', ['--kubeconfig', cluster.kubeconfig, ...args])).stdout;
  const soon = <T>(what: string, look: () => Promise<T | undefined | false>) =>
    waitFor(look, { what, timeoutMs: 15_000, intervalMs: 20 });
  const list = async <T extends AnyObject>(
    resource: Resource,
    labelSelector: string,
    namespace = 'default',
  ) => (await cluster.client.list<T>(resource, { namespace, labelSelector })).items;
  const get = <T extends AnyObject>(resource: Resource, name: string, namespace = 'default') =>
    cluster.client.get<T>(resource, { namespace, name });
  const gone = (resource: Resource, name: string, namespace = 'default') =>
    soon(`the end of ${name}`, () => get(resource, name, namespace).then(() => false, isNotFound));
  const events = async (reason: string) => {
    const { items } = await cluster.client.list<Wire<CoreV1Event>>(resources.events, {
      namespace: 'default',
    });
    return items.filter((event) => event.reason === reason).map((event) => event.message);
  };
  const deploy = (name: string, replicas: number, spec: object = {}) =>
    cluster.client.create<Deployment>(resources.deployments, {
      metadata: { name, namespace: 'default', labels: { app: name } },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: { ...template('web:1'), metadata: { labels: { app: name } } },
        ...spec,
      },
    });
  const expose = (name: string, spec: object = {}) =>
    cluster.client.create<Service>(resources.services, {
      metadata: { name, namespace: 'default' },
      spec: { selector: { app: name }, ports: [{ port: 8080, targetPort: 80 }], ...spec },
    });
  const complete = (name: string) => kubectl('rollout', 'status', `deployment/${name}`, '--timeout=20s');

  it('gives nodes subnets, and takes the taint of nodes that are ready away', async () => {
    const nodes = await soon('podCIDRs', async () => {
      const { items } = await cluster.client.list<Node>(resources.nodes);
      return items.length === 3 && items.every(({ spec }) => spec?.podCIDR) && items;
    });
    const subnets = nodes.map(({ spec }) => spec?.podCIDR);
    expect(new Set(subnets)).to.have.property('size', 3);
    expect(subnets).to.include('172.16.0.0/24');
    await soon('taints to go', async () => {
      const { items } = await cluster.client.list<Node>(resources.nodes);
      return items.every(({ spec }) => !spec?.taints?.some(({ key }) => key.endsWith('/not-ready')));
    });
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

  it('writes Endpoints and EndpointSlices as pods become ready, and lets them go with the Service', async () => {
    await deploy('ends', 2);
    await expose('ends');
    await complete('ends');
    const slice = await soon('a slice with two endpoints', async () => {
      const [only] = await list<EndpointSlice>(resources.endpointSlices, 'kubernetes.io/service-name=ends');
      return (
        only?.endpoints?.length === 2 && only.endpoints.every(({ conditions }) => conditions?.ready) && only
      );
    });
    expect(slice.ports).to.deep.equal([{ name: '', port: 80, protocol: 'TCP' }]);
    expect(slice.metadata?.labels).to.include({
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    });
    const endpoints = await soon('Endpoints', async () => {
      const object = await get<Endpoints>(resources.endpoints, 'ends');
      return object.subsets?.[0]?.addresses?.length === 2 && object;
    });
    expect(endpoints.subsets?.[0]?.ports).to.deep.equal([{ port: 80, protocol: 'TCP' }]);
    await kubectl('delete', 'deployment', 'ends');
    await soon('no endpoint left', async () => {
      const [only] = await list<EndpointSlice>(resources.endpointSlices, 'kubernetes.io/service-name=ends');
      return only !== undefined && (only.endpoints ?? []).length === 0;
    });
    await kubectl('delete', 'service', 'ends');
    await gone(resources.endpoints, 'ends');
    await soon('the slice to be collected', async () => {
      return (await list(resources.endpointSlices, 'kubernetes.io/service-name=ends')).length === 0;
    });
  });

  it('gives a Service that takes a deleted one’s place slices of its own', async () => {
    const slicesOf = () =>
      list<EndpointSlice>(resources.endpointSlices, 'kubernetes.io/service-name=again-svc');
    await expose('again-svc');
    const [old] = await soon('a slice', async () => (await slicesOf()).length === 1 && slicesOf());
    await cluster.client.delete(resources.services, { namespace: 'default', name: 'again-svc' });
    const next = await expose('again-svc');
    await soon('its own slice', async () => {
      const [only, ...others] = await slicesOf();
      const owner = only?.metadata?.ownerReferences?.[0]?.uid;
      return (
        others.length === 0 && owner === next.metadata?.uid && only?.metadata?.uid !== old?.metadata?.uid
      );
    });
    await kubectl('delete', 'service', 'again-svc');
  });

  it('mirrors hand-made Endpoints and leaves the Service without selector alone', async () => {
    await cluster.client.create<Service>(resources.services, {
      metadata: { name: 'by-hand', namespace: 'default' },
      spec: { ports: [{ port: 5432 }] },
    });
    await cluster.client.create<Endpoints>(resources.endpoints, {
      metadata: { name: 'by-hand', namespace: 'default' },
      subsets: [{ addresses: [{ ip: '192.0.2.45' }], ports: [{ port: 5432 }] }],
    });
    const slice = await soon('the mirror', async () => {
      return (await list<EndpointSlice>(resources.endpointSlices, 'kubernetes.io/service-name=by-hand'))[0];
    });
    expect(slice.endpoints?.map(({ addresses }) => addresses)).to.deep.equal([['192.0.2.45']]);
    expect(slice.metadata?.labels?.['endpointslice.kubernetes.io/managed-by']).to.equal(
      'endpointslicemirroring-controller.k8s.io',
    );
    await kubectl('delete', 'service', 'by-hand');
    await soon('the mirror to go', async () => {
      return (await list(resources.endpointSlices, 'kubernetes.io/service-name=by-hand')).length === 0;
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

  it('empties a namespace that is deleted, then lets it go', async () => {
    await kubectl('create', 'namespace', 'short');
    await kubectl('create', 'deployment', 'inside', '--image=web:1', '--replicas=2', '-n', 'short');
    await kubectl('create', 'configmap', 'things', '-n', 'short', '--from-literal=a=b');
    await soon('pods', async () => (await list(resources.pods, 'app=inside', 'short')).length === 2);
    await kubectl('delete', 'namespace', 'short', '--timeout=20s');
    await gone(resources.namespaces, 'short');
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

  it('goes on after the API server was away', async () => {
    await cluster.restartApi();
    await deploy('after', 3);
    expect(await complete('after')).to.include('successfully rolled out');
    expect(await list(resources.pods, 'app=after')).to.have.length(3);
    await kubectl('delete', 'deployment', 'after');
  });
});
