import {
  AppsV1Api,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  V1MicroTime,
  type V1Service,
  Watch,
} from '@kubernetes/client-node';
import { expect } from 'chai';
import { waitFor } from '../../../lib/wait.ts';
import { startApi, type TestApi } from './start-api.ts';

const namespace = 'default';

describe('@kubernetes/client-node, unchanged,', () => {
  let api: TestApi;
  const config = new KubeConfig();
  before(async () => {
    api = await startApi();
    config.loadFromFile(api.kubeconfig);
  });
  after(() => api.close());

  it('creates, reads, replaces, lists and deletes', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const spec = { selector: { app: 'x' }, ports: [{ port: 80, targetPort: 'http' }] };
    const created = await core.createNamespacedService({
      namespace,
      body: { metadata: { name: 's' }, spec },
    });
    expect(created.spec?.clusterIP).to.match(/^172\.17\./);
    expect(created.metadata?.creationTimestamp).to.be.instanceOf(Date);
    const read = await core.readNamespacedService({ name: 's', namespace });
    const body: V1Service = { ...read, metadata: { ...read.metadata, labels: { a: 'b' } } };
    const replaced = await core.replaceNamespacedService({ name: 's', namespace, body });
    expect(replaced.metadata?.labels).to.deep.equal({ a: 'b' });
    const list = await core.listNamespacedService({ namespace, labelSelector: 'a=b' });
    expect(list.items.map(({ metadata }) => metadata?.name)).to.deep.equal(['s']);
    await core.deleteNamespacedService({ name: 's', namespace });
    const error = await core
      .readNamespacedService({ name: 's', namespace })
      .catch((thrown: { code: number }) => thrown);
    expect(error).to.include({ code: 404 });
  });

  it('reads and changes scales', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const labels = { app: 'd' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const body = { metadata: { name: 'd' }, spec: { selector: { matchLabels: labels }, template } };
    await apps.createNamespacedDeployment({ namespace, body });
    const scale = await apps.readNamespacedDeploymentScale({ name: 'd', namespace });
    expect(scale.spec?.replicas).to.equal(1);
    const wanted = { ...scale, spec: { replicas: 4 } };
    await apps.replaceNamespacedDeploymentScale({ name: 'd', namespace, body: wanted });
    const deployment = await apps.readNamespacedDeployment({ name: 'd', namespace });
    expect(deployment.spec?.replicas).to.equal(4);
    expect(deployment.metadata?.generation).to.equal(2);
  });

  it('keeps the microseconds of leases', async () => {
    const leases = config.makeApiClient(CoordinationV1Api);
    const renewTime = new V1MicroTime('2026-01-02T03:04:05.678Z');
    const body = { metadata: { name: 'n1' }, spec: { holderIdentity: 'n1', renewTime } };
    const lease = await leases.createNamespacedLease({ namespace: 'kube-node-lease', body });
    // client-node hands it over as the string that came.
    expect(String(lease.spec?.renewTime)).to.equal('2026-01-02T03:04:05.678000Z');
  });

  it('works with objects of any kind', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const metadata = { name: 'any', namespace };
    await objects.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' } } as object);
    await objects.patch({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { b: '2' } } as object);
    const read = await objects.read({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    expect(read).to.deep.include({ data: { a: '1', b: '2' } });
    await objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    const list = await objects.list('v1', 'ConfigMap', namespace);
    expect(list.items).to.deep.equal([]);
  });

  it('watches', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const seen: string[] = [];
    const { metadata } = await core.listNamespacedSecret({ namespace });
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const query = { resourceVersion: metadata?.resourceVersion };
    const watching = await new Watch(config).watch(
      path,
      query,
      (type, object: { metadata: { name: string } }) => seen.push(`${type} ${object.metadata.name}`),
      () => {},
    );
    await core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: 'w' }, stringData: { k: 'v' } },
    });
    await core.deleteNamespacedSecret({ name: 'w', namespace });
    await waitFor(() => seen.length === 2, { what: 'two events', timeoutMs: 5000, intervalMs: 5 });
    watching.abort();
    expect(seen).to.deep.equal(['ADDED w', 'DELETED w']);
  });
});
