import { expect } from 'chai';
import { waitFor } from '../../../lib/wait.ts';
import { ask } from './ask.ts';
import { startApi, type TestApi } from './start-api.ts';

const root = '/api/v1/namespaces/default';

describe('a deletion', () => {
  let api: TestApi;
  const send = (method: string, path: string, body?: unknown, type = 'application/json') => {
    const text = body === undefined ? {} : { body: JSON.stringify(body), type };
    return ask(api.client.credentials, method, path, text);
  };
  const save = (plural: string, name: string, fields: object = {}) => {
    return send('POST', `${root}/${plural}`, { metadata: { name }, ...fields });
  };
  const spec = { containers: [{ name: 'c', image: 'i' }] };
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  it('answers with a Status, or with the object for kinds where Kubernetes does', async () => {
    await save('configmaps', 'plain');
    const map = await send('DELETE', `${root}/configmaps/plain`);
    expect(map.json).to.include({ kind: 'Status', status: 'Success' });
    expect(map.json.details).to.include({ name: 'plain', kind: 'configmaps' });
    await save('services', 'web', { spec: { ports: [{ port: 80 }] } });
    expect((await send('DELETE', `${root}/services/web`)).json).to.include({ kind: 'Service' });
    expect((await send('GET', `${root}/services/web`)).code).to.equal(404);
  });

  it('waits for finalizers; the object goes with the last of them', async () => {
    await save('configmaps', 'held');
    await send(
      'PATCH',
      `${root}/configmaps/held`,
      { metadata: { finalizers: ['example.com/a'] } },
      'application/merge-patch+json',
    );
    const first = await send('DELETE', `${root}/configmaps/held`);
    expect(first.json.metadata).to.include({ deletionGracePeriodSeconds: 0 });
    expect(first.json.metadata.deletionTimestamp).to.be.a('string');
    const add = await send(
      'PATCH',
      `${root}/configmaps/held`,
      { metadata: { finalizers: ['example.com/a', 'example.com/b'] } },
      'application/merge-patch+json',
    );
    expect(add.json.message).to.contain('no new finalizers can be added if the object is being deleted');
    const last = await send(
      'PATCH',
      `${root}/configmaps/held`,
      { metadata: { finalizers: null } },
      'application/merge-patch+json',
    );
    expect(last.code).to.equal(200);
    expect((await send('GET', `${root}/configmaps/held`)).code).to.equal(404);
  });

  for (const [propagationPolicy, finalizers] of [
    ['Orphan', ['orphan']],
    ['Foreground', ['foregroundDeletion']],
  ] as const) {
    it(`with propagation ${propagationPolicy} leaves the work to the garbage collector`, async () => {
      const name = propagationPolicy.toLowerCase();
      await save('configmaps', name);
      const reply = await send('DELETE', `${root}/configmaps/${name}`, { propagationPolicy });
      expect(reply.json.metadata.finalizers).to.deep.equal(finalizers);
    });
  }

  it('in a dry run changes nothing', async () => {
    await save('configmaps', 'stays');
    expect((await send('DELETE', `${root}/configmaps/stays?dryRun=All`)).code).to.equal(200);
    expect((await send('DELETE', `${root}/configmaps/stays`, { dryRun: ['All'] })).code).to.equal(200);
    expect((await send('GET', `${root}/configmaps/stays`)).code).to.equal(200);
  });

  it('of a pod that no node runs is done at once', async () => {
    await save('pods', 'nowhere', { spec });
    await send('DELETE', `${root}/pods/nowhere`);
    expect((await send('GET', `${root}/pods/nowhere`)).code).to.equal(404);
  });

  it('of a pod gives it its grace, which can be shortened but not prolonged', async () => {
    await save('pods', 'p', { spec });
    await send('POST', `${root}/pods/p/binding`, { target: { kind: 'Node', name: 'n1' } });
    const created = Date.parse((await send('GET', `${root}/pods/p`)).json.metadata.creationTimestamp);
    const first = (await send('DELETE', `${root}/pods/p`)).json.metadata;
    expect(first).to.include({ deletionGracePeriodSeconds: 30, generation: 2 });
    const until = Date.parse(first.deletionTimestamp) - created;
    expect(until).to.be.within(30_000, 32_000);
    const grace = async (gracePeriodSeconds: number) => {
      return (await send('DELETE', `${root}/pods/p`, { gracePeriodSeconds })).json.metadata
        .deletionGracePeriodSeconds;
    };
    expect(await grace(5)).to.equal(5);
    expect(await grace(60)).to.equal(5);
    expect(await grace(-1)).to.equal(1);
    expect((await send('GET', `${root}/pods/p`)).code).to.equal(200);
    expect(await grace(0)).to.equal(0);
    expect((await send('GET', `${root}/pods/p`)).code).to.equal(404);
  });

  it('by eviction is one with the same grace', async () => {
    await save('pods', 'evicted', { spec });
    await send('POST', `${root}/pods/evicted/binding`, { target: { kind: 'Node', name: 'n1' } });
    const reply = await send('POST', `${root}/pods/evicted/eviction`, { metadata: { name: 'evicted' } });
    expect(reply.json).to.include({ status: 'Success', code: 201 });
    expect((await send('GET', `${root}/pods/evicted`)).json.metadata.deletionGracePeriodSeconds).to.equal(30);
  });

  it('of a collection takes what the selector lets through', async () => {
    for (const [name, app] of [
      ['x1', 'x'],
      ['x2', 'x'],
      ['y1', 'y'],
    ]) {
      await send('POST', `${root}/secrets`, { metadata: { name, labels: { app } } });
    }
    const reply = await send('DELETE', `${root}/secrets?labelSelector=app%3Dx`);
    expect(reply.json.items).to.have.length(2);
    const left = (await send('GET', `${root}/secrets`)).json.items;
    expect(left.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).to.deep.equal(['y1']);
  });

  it('of a namespace closes it to new objects until its finalizer is taken away', async () => {
    await send('POST', '/api/v1/namespaces', { metadata: { name: 'leaving' } });
    await send('POST', '/api/v1/namespaces/leaving/configmaps', { metadata: { name: 'a' } });
    const reply = await send('DELETE', '/api/v1/namespaces/leaving');
    expect(reply.json.status).to.deep.equal({ phase: 'Terminating' });
    const late = await send('POST', '/api/v1/namespaces/leaving/configmaps', { metadata: { name: 'b' } });
    expect(late.json.message).to.equal(
      'configmaps "b" is forbidden: unable to create new content in namespace leaving because it is being terminated',
    );
    expect(late.json.details.causes[0].reason).to.equal('NamespaceTerminating');
    const namespace = (await send('GET', '/api/v1/namespaces/leaving')).json;
    const final = await send('PUT', '/api/v1/namespaces/leaving/finalize', {
      ...namespace,
      spec: { finalizers: [] },
    });
    expect(final.code).to.equal(200);
    expect((await send('GET', '/api/v1/namespaces/leaving')).code).to.equal(404);
  });

  it('of the Service kubernetes is undone at once', async () => {
    const before = (await send('GET', `${root}/services/kubernetes`)).json;
    await send('DELETE', `${root}/services/kubernetes`);
    const after = await waitFor(
      async () => {
        const { code, json } = await send('GET', `${root}/services/kubernetes`);
        return code === 200 && json.metadata.uid !== before.metadata.uid && json;
      },
      { what: 'another Service kubernetes', timeoutMs: 5000, intervalMs: 5 },
    );
    expect(after.spec.clusterIP).to.equal('172.17.0.1');
  });
});
