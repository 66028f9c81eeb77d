import { expect } from 'chai';
import type { Cluster } from '../../../lib/cluster/cluster.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { V1Namespace, V1Pod, Wire } from '../../../lib/kube/types.ts';
import type { Settings } from '../../../lib/settings/settings.ts';
import { waitFor } from '../../../lib/wait.ts';
import { createLabPlace, type OwnPlace } from '../../../scripts/verify/lab-context.ts';
import { startApi, type TestApi } from '../../sandbox/apiserver/start-api.ts';

describe("the end of a lab's pods", function () {
  this.timeout(15_000);
  let api: TestApi;
  let looks = 0;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  /** A place with one pod; nobody ends the pod, or empties the namespace. */
  async function placeWithPod(): Promise<OwnPlace> {
    looks = 0;
    const list: Client['list'] = (...args) => {
      looks++;
      return api.client.list(...args);
    };
    const cluster = { client: () => ({ ...api.client, list }), pace: 6 } as unknown as Cluster;
    const place = createLabPlace(cluster, {} as Settings, 'x', undefined);
    await place.open(new AbortController().signal);
    const pod: Wire<V1Pod> = {
      metadata: { name: 'one', namespace: place.namespace },
      spec: { containers: [{ name: 'one', image: 'busybox' }] },
    };
    await api.client.create(resources.pods, pod);
    return place;
  }

  it('is waited for', async () => {
    const place = await placeWithPod();
    let isOver = false;
    const emptied = place.emptied(new AbortController().signal).then(() => {
      isOver = true;
    });
    await waitFor(() => looks > 1, { what: 'a second look', timeoutMs: 5000 });
    expect(isOver).to.equal(false);
    await api.client.delete(resources.pods, { namespace: place.namespace, name: 'one' });
    await emptied;
  });

  it('is not waited for any longer when the run is interrupted', async () => {
    const place = await placeWithPod();
    const interrupt = new AbortController();
    const emptied = place.emptied(interrupt.signal);
    await waitFor(() => looks > 0, { what: 'a look', timeoutMs: 5000 });
    interrupt.abort();
    await emptied;
    const { items } = await api.client.list(resources.pods, { namespace: place.namespace });
    expect(items).to.have.lengthOf(1);
  });

  it('begins with that of their namespace, whoever else would begin with it later', async () => {
    const place = await placeWithPod();
    await place.close();
    const { items } = await api.client.list(resources.pods, { namespace: place.namespace });
    expect(items).to.have.lengthOf(0);
    const namespace = await api.client.get<Wire<V1Namespace>>(resources.namespaces, {
      name: place.namespace,
    });
    expect(namespace.metadata?.deletionTimestamp).to.be.a('string');
  });
});
