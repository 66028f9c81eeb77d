import { expect } from 'chai';
import { ask } from './ask.ts';
import { startApi, type TestApi } from './start-api.ts';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

describe('discovery', () => {
  let api: TestApi;
  const get = (path: string, accept = 'application/json') =>
    ask(api.client.credentials, 'GET', path, { accept });
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  it('lists the resources of each group, with verbs, short names and subresources', async () => {
    const { resources } = (await get('/api/v1')).json;
    const byName = new Map(resources.map((entry: { name: string }) => [entry.name, entry]));
    expect(byName.get('services')).to.deep.equal({
      name: 'services',
      singularName: 'service',
      namespaced: true,
      kind: 'Service',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['svc'],
      categories: ['all'],
    });
    expect(byName.get('pods/exec')).to.include({ kind: 'PodExecOptions' });
    expect(byName.get('pods/eviction')).to.include({ kind: 'Eviction', group: 'policy', version: 'v1' });
    expect(byName.get('namespaces')).to.deep.include({
      verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    });
  });

  it('lists the groups, whole or short', async () => {
    const names = (items: { name: string }[]) => items.map(({ name }) => name);
    const groups = names((await get('/apis')).json.groups);
    expect(groups).to.include.members(['apps', 'coordination.k8s.io', 'discovery.k8s.io']);
    const whole = await get('/apis', aggregated);
    expect(whole.headers['content-type']).to.contain('as=APIGroupDiscoveryList');
    const items = whole.json.items as {
      metadata: { name: string };
      versions: { resources: { resource: string }[] }[];
    }[];
    expect(items.map(({ metadata }) => metadata.name)).to.deep.equal(groups);
    const apps = items.find(({ metadata }) => metadata.name === 'apps');
    expect(apps?.versions[0]?.resources.map(({ resource }) => resource)).to.deep.equal([
      'deployments',
      'replicasets',
    ]);
    expect((await get('/apis/apps')).json).to.include({ kind: 'APIGroup', name: 'apps' });
    expect((await get('/apis/none')).code).to.equal(404);
    expect((await get('/apis/apps/v2')).json).to.include({ kind: 'Status', code: 404 });
  });

  it('describes the types, their merge keys and what writes accept', async () => {
    const { paths } = (await get('/openapi/v3')).json;
    const link = paths['apis/apps/v1'].serverRelativeURL;
    const document = (await get(link)).json;
    const { schemas } = document.components;
    expect(schemas['io.k8s.api.apps.v1.Deployment']['x-kubernetes-group-version-kind']).to.deep.equal([
      { group: 'apps', kind: 'Deployment', version: 'v1' },
    ]);
    expect(schemas['io.k8s.api.core.v1.PodSpec'].properties.containers).to.include({
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    const { patch } = document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
    expect(Object.keys(patch.requestBody.content)).to.include('application/strategic-merge-patch+json');
    expect(patch.parameters.map(({ name }: { name: string }) => name)).to.include('fieldValidation');
  });

  it('has no reference to a type that it does not describe', async () => {
    const { paths } = (await get('/openapi/v3')).json;
    for (const { serverRelativeURL } of Object.values(paths) as { serverRelativeURL: string }[]) {
      const { text, json } = await get(serverRelativeURL);
      const known = Object.keys(json.components.schemas);
      const used = [...text.matchAll(/#\/components\/schemas\/([\w.]+)/g)].map(([, name]) => name);
      expect(used.filter((name) => !known.includes(name ?? ''))).to.deep.equal([]);
    }
    const { text, json } = await get('/openapi/v2');
    const used = [...text.matchAll(/#\/definitions\/([\w.]+)/g)].map(([, name]) => name ?? '');
    expect(used.filter((name) => !(name in json.definitions))).to.deep.equal([]);
  });
});
