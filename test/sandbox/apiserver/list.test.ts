import { expect } from 'chai';
import { ask } from './ask.ts';
import { startApi, type TestApi } from './start-api.ts';

const maps = '/api/v1/namespaces/default/configmaps';

describe('a list', () => {
  let api: TestApi;
  const get = (query: string, accept?: string) => {
    return ask(api.client.credentials, 'GET', `${maps}?${query}`, accept === undefined ? {} : { accept });
  };
  const names = (reply: { json: { items: { metadata: { name: string } }[] } }) => {
    return reply.json.items.map(({ metadata }) => metadata.name);
  };
  before(async () => {
    api = await startApi();
    for (const name of ['e', 'c', 'a', 'd', 'b']) {
      const labels = { app: name < 'c' ? 'web' : 'db', [name]: 'yes' };
      await ask(api.client.credentials, 'POST', maps, {
        body: JSON.stringify({ metadata: { name, labels } }),
      });
    }
  });
  after(() => api.close());

  it('comes ordered by name, without kind and apiVersion in its items', async () => {
    const reply = await get('');
    expect(reply.json).to.include({ kind: 'ConfigMapList', apiVersion: 'v1' });
    expect(names(reply)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    expect(reply.json.items[0]).to.not.have.any.keys('kind', 'apiVersion');
  });

  for (const [selector, expected] of [
    ['app=web', 'a b'],
    ['app==web', 'a b'],
    ['app!=web', 'c d e'],
    ['app in (web, db),!a', 'b c d e'],
    ['app notin (web)', 'c d e'],
    ['c', 'c'],
    ['!c', 'a b d e'],
    ['app=', ''],
    ['', 'a b c d e'],
  ] as const) {
    it(`takes the label selector "${selector}"`, async () => {
      const reply = await get(`labelSelector=${encodeURIComponent(selector)}`);
      expect(names(reply).join(' ')).to.equal(expected);
    });
  }

  it('takes field selectors', async () => {
    expect(names(await get('fieldSelector=metadata.name%3Db'))).to.deep.equal(['b']);
    expect(names(await get('fieldSelector=metadata.name%21%3Db,metadata.namespace%3Ddefault'))).to.deep.equal(
      ['a', 'c', 'd', 'e'],
    );
  });

  it('in pages shows the state of the first page in all of them', async () => {
    const first = await get('limit=2');
    expect(names(first)).to.deep.equal(['a', 'b']);
    expect(first.json.metadata.remainingItemCount).to.equal(3);
    await ask(api.client.credentials, 'POST', maps, { body: '{"metadata":{"name":"bb"}}' });
    await ask(api.client.credentials, 'DELETE', `${maps}/d`);
    const second = await get(`limit=2&continue=${first.json.metadata.continue}`);
    expect(names(second)).to.deep.equal(['c', 'd']);
    const third = await get(`limit=2&continue=${second.json.metadata.continue}`);
    expect(names(third)).to.deep.equal(['e']);
    expect(third.json.metadata).to.not.have.property('continue');
    expect(third.json.metadata.resourceVersion).to.equal(first.json.metadata.resourceVersion);
    expect(names(await get(''))).to.deep.equal(['a', 'b', 'bb', 'c', 'e']);
  });

  it('shows an earlier state when that very revision is asked for', async () => {
    const { resourceVersion } = (await get('')).json.metadata;
    await ask(api.client.credentials, 'POST', maps, { body: '{"metadata":{"name":"z"}}' });
    const then = await get(`resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`);
    expect(names(then)).to.not.include('z');
    expect(names(await get(`resourceVersion=${resourceVersion}`))).to.include('z');
  });

  it('refuses a token it did not make, and one whose state is forgotten', async () => {
    expect((await get('limit=1&continue=bogus')).json).to.include({ code: 400, reason: 'BadRequest' });
    const { continue: token } = (await get('limit=1')).json.metadata;
    await ask(api.client.credentials, 'POST', maps, { body: '{"metadata":{"name":"zz"}}' });
    await api.restart();
    expect((await get(`limit=1&continue=${token}`)).json).to.include({ code: 410, reason: 'Expired' });
  });

  it('comes as a table with metadata in its rows', async () => {
    const reply = await get('limit=1', 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json');
    expect(reply.json).to.include({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    expect(reply.json.columnDefinitions.map(({ name }: { name: string }) => name)).to.deep.equal([
      'Name',
      'Data',
      'Age',
    ]);
    expect(reply.json.rows[0].cells.slice(0, 2)).to.deep.equal(['a', 0]);
    expect(reply.json.rows[0].object).to.include({ kind: 'PartialObjectMetadata' });
    const whole = await get('includeObject=Object', 'application/json;as=Table;v=v1;g=meta.k8s.io');
    expect(whole.json.rows[0].object.kind).to.equal('ConfigMap');
  });

  it('comes as metadata alone, as YAML, or not at all for a form that we do not know', async () => {
    const partial = await get('', 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io');
    expect(partial.json.kind).to.equal('PartialObjectMetadataList');
    expect(partial.json.items[0]).to.have.keys('kind', 'apiVersion', 'metadata');
    expect((await get('', 'application/yaml')).text).to.match(/^kind: ConfigMapList\n/);
    expect((await get('', 'application/x-unknown')).code).to.equal(406);
  });

  it('is compressed when large and asked for', async () => {
    const data = 'x'.repeat(200_000);
    const body = JSON.stringify({ metadata: { name: 'large' }, data: { data } });
    await ask(api.client.credentials, 'POST', maps, { body });
    const headers = { 'accept-encoding': 'gzip' };
    const zipped = await ask(api.client.credentials, 'GET', maps, { headers });
    expect(zipped.headers['content-encoding']).to.equal('gzip');
    expect(zipped.bytes).to.be.below(20_000);
    expect((await ask(api.client.credentials, 'GET', `${maps}/a`, { headers })).headers).to.not.have.property(
      'content-encoding',
    );
    expect((await get('')).bytes).to.be.above(200_000);
  });
});
