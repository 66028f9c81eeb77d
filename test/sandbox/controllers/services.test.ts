import { expect } from 'chai';
import { resources } from '../../../lib/kube/resources.ts';
import type { EndpointSlice, Endpoints, Service } from '../../../sandbox/controllers/objects.ts';
import { askCluster, soon } from './ask-cluster.ts';
import { type RunningControllers, runningControllers } from './running-controllers.ts';

describe('Services and their endpoints against an API server', function () {
  this.timeout(60_000);
  let cluster: RunningControllers;
  before(async () => {
    cluster = await runningControllers();
  });
  after(() => cluster.close());
  const { kubectl, list, get, gone, deploy, expose, complete } = askCluster(() => cluster);

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
});
