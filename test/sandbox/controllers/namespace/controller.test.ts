import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import type { Cluster } from '../../../../sandbox/controllers/cluster.ts';
import { namespaceController } from '../../../../sandbox/controllers/namespace/controller.ts';
import type { Namespace } from '../../../../sandbox/controllers/objects.ts';
import { startApi, type TestApi } from '../../apiserver/start-api.ts';

describe('the end of a namespace', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  /** What the controller does about a namespace when it remembers it like that. */
  async function reconcile(remembered: Namespace): Promise<void> {
    let work: (key: string) => Promise<unknown> = () => Promise.reject(new Error('no queue'));
    const store = { get: () => remembered, subscribe: () => {} };
    const queue = (_name: string, given: (key: string) => Promise<unknown>) => {
      work = given;
      return { add: () => {} };
    };
    const stores = { namespaces: store, pods: store };
    namespaceController({ client: api.client, stores, queue } as unknown as Cluster);
    await work(remembered.metadata?.name ?? '');
  }

  const isThere = (namespace: string) =>
    api.client.get(resources.configMaps, { namespace, name: 'kept' }).then(
      () => true,
      () => false,
    );

  async function make(name: string): Promise<Namespace> {
    const made = await api.client.create<Namespace>(resources.namespaces, { metadata: { name } });
    await api.client.create(resources.configMaps, { metadata: { namespace: name, name: 'kept' } });
    return made;
  }

  it('takes its objects with it', async () => {
    await make('ending');
    await api.client.delete(resources.namespaces, { name: 'ending' });
    await reconcile(await api.client.get<Namespace>(resources.namespaces, { name: 'ending' }));
    expect(await isThere('ending')).to.equal(false);
  });

  it('spares those of a new one of that name, although the old one is still remembered', async () => {
    const made = await make('again');
    const old = { ...made.metadata, uid: 'old', deletionTimestamp: '2026-01-01T00:00:00Z' };
    await reconcile({ ...made, metadata: old });
    expect(await isThere('again')).to.equal(true);
  });
});
