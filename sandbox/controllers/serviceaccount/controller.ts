import { isAlreadyExists } from '../../../lib/kube/api-error.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { Cluster } from '../cluster.ts';
import { isDeleting, nameOf, splitKey } from '../objects.ts';
import type { Outcome } from '../work-queue.ts';

const accountName = 'default';
const caName = 'kube-root-ca.crt';
const caKey = 'ca.crt';

/** What kube-controller-manager's root-ca-cert-publisher writes on the ConfigMap. */
const caDescription =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Every namespace has a ServiceAccount `default` and the CA certificate by which its pods know the API server. */
export function namespaceContentsController(cluster: Cluster): void {
  const { client, stores } = cluster;
  const queue = cluster.queue('serviceaccount', reconcile);
  stores.namespaces.subscribe((key) => queue.add(key));
  stores.serviceAccounts.subscribe((key, account) => {
    if (!account && splitKey(key).name === accountName) queue.add(splitKey(key).namespace);
  });
  stores.configMaps.subscribe((key) => {
    if (splitKey(key).name === caName) queue.add(splitKey(key).namespace);
  });

  async function reconcile(key: string): Promise<Outcome> {
    const namespace = stores.namespaces.get(key);
    if (!namespace || isDeleting(namespace)) return;
    const name = nameOf(namespace);
    if (!stores.serviceAccounts.get(`${name}/${accountName}`)) {
      const account = { metadata: { name: accountName, namespace: name } };
      await client.create(resources.serviceAccounts, account).catch(ignoreExisting);
    }
    await publishCa(name);
    return;
  }

  async function publishCa(namespace: string): Promise<void> {
    const ca = client.credentials.ca;
    if (ca === undefined) return;
    const current = stores.configMaps.get(`${namespace}/${caName}`);
    if (current?.data?.[caKey] === ca) return;
    const annotations = { 'kubernetes.io/description': caDescription };
    const map = { metadata: { name: caName, namespace, annotations }, data: { [caKey]: ca } };
    if (current) await client.replace(resources.configMaps, map);
    else await client.create(resources.configMaps, map).catch(ignoreExisting);
  }
}

function ignoreExisting(error: unknown): void {
  if (!isAlreadyExists(error)) throw error;
}
