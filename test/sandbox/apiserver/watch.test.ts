import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { resources } from '../../../lib/kube/resources.ts';
import type { KubeObject } from '../../../lib/kube/types.ts';
import { waitFor } from '../../../lib/wait.ts';
import { startApi, type TestApi } from './start-api.ts';

const maps = resources.configMaps;

describe('a watch', () => {
  let api: TestApi;
  const streams: IncomingMessage[] = [];
  before(async () => {
    api = await startApi();
  });
  after(async () => {
    for (const stream of streams) stream.destroy();
    await api.close();
  });

  /** Opens a watch and collects `TYPE name` of its events. */
  async function follow(query: string, accept = 'application/json') {
    const { createTransport } = await import('../../../lib/kube/transport.ts');
    const transport = createTransport(api.client.credentials);
    const path = `/api/v1/namespaces/default/configmaps?watch=1&${query}`;
    const stream = await transport.open({ method: 'GET', path, accept, idleMs: 60_000 });
    streams.push(stream);
    const events: { type: string; object: KubeObject & Record<string, unknown> }[] = [];
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('error', () => {});
    stream.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.push(JSON.parse(line) as (typeof events)[number]);
    });
    const words = () => events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`.trim());
    return { stream, events, words };
  }

  const soon = <T>(what: string, condition: () => T | false) =>
    waitFor(condition, { what, timeoutMs: 5000, intervalMs: 5 });
  const save = (name: string, labels: Record<string, string> = {}) =>
    api.client.create(maps, { metadata: { name, namespace: 'default', labels } } as KubeObject);
  const label = (name: string, labels: Record<string, string | null>) =>
    api.client.patch(maps, { namespace: 'default', name }, { metadata: { labels } }, { type: 'merge' });
  const drop = (name: string) => api.client.delete(maps, { namespace: 'default', name });
  const now = async () => (await api.client.list(maps)).metadata.resourceVersion ?? '';

  it('tells of every change after a revision, and of no other', async () => {
    await save('before');
    const watch = await follow(`resourceVersion=${await now()}`);
    await save('one');
    await label('one', { a: 'b' });
    await drop('one');
    await soon('three events', () => watch.events.length === 3);
    expect(watch.words()).to.deep.equal(['ADDED one', 'MODIFIED one', 'DELETED one']);
    const versions = watch.events.map(({ object }) => Number(object.metadata?.resourceVersion));
    expect(versions).to.deep.equal(versions.toSorted((a, b) => a - b));
    watch.stream.destroy();
  });

  it('goes on where an earlier one ended', async () => {
    const start = await now();
    await save('missed');
    await drop('missed');
    const watch = await follow(`resourceVersion=${start}`);
    await soon('two events', () => watch.events.length === 2);
    expect(watch.words()).to.deep.equal(['ADDED missed', 'DELETED missed']);
    watch.stream.destroy();
  });

  it('shows objects that enter and leave a selection as added and deleted', async () => {
    await save('moving', { app: 'x' });
    const watch = await follow(`resourceVersion=${await now()}&labelSelector=app%3Dy`);
    await label('moving', { app: 'y' });
    await label('moving', { app: 'y', other: '1' });
    await label('moving', { app: 'x' });
    await label('moving', { app: 'z' });
    await soon('three events', () => watch.events.length === 3);
    expect(watch.words()).to.deep.equal(['ADDED moving', 'MODIFIED moving', 'DELETED moving']);
    expect(watch.events[2]?.object.metadata?.labels).to.include({ app: 'y' });
    watch.stream.destroy();
  });

  it('without a revision first tells of what there is', async () => {
    const watch = await follow('fieldSelector=metadata.name%3Dbefore');
    await soon('an event', () => watch.events.length === 1);
    expect(watch.words()).to.deep.equal(['ADDED before']);
    watch.stream.destroy();
  });

  it('marks the end of the initial events when asked for them', async () => {
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await follow(`${query}&fieldSelector=metadata.name%3Dbefore`);
    await soon('a bookmark', () => watch.events.length === 2);
    expect(watch.words()).to.deep.equal(['ADDED before', 'BOOKMARK']);
    const annotations = watch.events[1]?.object.metadata?.annotations;
    expect(annotations).to.deep.equal({ 'k8s.io/initial-events-end': 'true' });
    watch.stream.destroy();
  });

  it('ends after timeoutSeconds with a bookmark of the latest revision', async () => {
    const watch = await follow(`resourceVersion=${await now()}&timeoutSeconds=1&allowWatchBookmarks=true`);
    await once(watch.stream, 'end');
    expect(watch.words()).to.deep.equal(['BOOKMARK']);
    expect(watch.events[0]?.object.metadata?.resourceVersion).to.equal(await now());
  });

  it('from a revision of which nothing is known any more ends with 410', async () => {
    const start = await now();
    await api.restart();
    const fresh = await follow(`resourceVersion=${start}`);
    await save('after-restart');
    await soon('the event', () => fresh.events.length === 1);
    const old = await follow(`resourceVersion=${Number(start) - 1}`);
    await once(old.stream, 'end');
    expect(old.events[0]).to.deep.include({ type: 'ERROR' });
    expect(old.events[0]?.object).to.include({ kind: 'Status', code: 410, reason: 'Expired' });
    expect(old.events[0]?.object['message']).to.match(/^too old resource version: \d+ \(\d+\)$/);
    fresh.stream.destroy();
  });

  it('gives tables whose columns come once', async () => {
    const watch = await follow(
      `resourceVersion=${await now()}`,
      'application/json;as=Table;v=v1;g=meta.k8s.io',
    );
    await save('t1', {});
    await save('t2', {});
    await soon('two events', () => watch.events.length === 2);
    const [first, second] = watch.events.map(({ object }) => object);
    expect(first?.['columnDefinitions']).to.be.an('array').with.length.above(1);
    expect(second?.['columnDefinitions']).to.equal(null);
    const rows = second?.['rows'] as { cells: unknown[] }[] | undefined;
    expect(rows?.[0]?.cells[0]).to.equal('t2');
    watch.stream.destroy();
  });

  it('that has ended, and whose reader has not read it all, hears of no change any more', async () => {
    for (let i = 0; i < 14; i++) {
      const data = { value: 'x'.repeat(900_000) };
      await api.client.create(maps, {
        metadata: { name: `much-${i}`, namespace: 'default' },
        data,
      } as KubeObject);
    }
    const watch = await follow('resourceVersion=0&timeoutSeconds=1');
    watch.stream.pause();
    const second = await follow(`resourceVersion=${await now()}&timeoutSeconds=1`);
    await once(second.stream, 'end');
    await save('too-late');
    expect((await api.client.list(maps)).items.length).to.be.above(14);
    watch.stream.resume();
    await once(watch.stream, 'end');
    expect(watch.words()).to.not.include('ADDED too-late');
    for (let i = 0; i < 14; i++) await drop(`much-${i}`);
  }).timeout(20_000);

  it('is cut off when its reader does not read', async () => {
    const watch = await follow(`resourceVersion=${await now()}`);
    watch.stream.pause();
    const closed = new Promise((resolve) => watch.stream.once('close', resolve));
    await save('large');
    for (let i = 0; i < 24; i++) {
      const data = { value: String(i % 10).repeat(900_000) };
      await api.client.patch(maps, { namespace: 'default', name: 'large' }, { data }, { type: 'merge' });
    }
    watch.stream.resume();
    await closed;
    expect(watch.events.length).to.be.below(25);
    expect((await api.client.list(maps)).items.length).to.be.above(0);
  });
});
