import { addressAt, parseCidr } from '../../lib/ip.ts';
import type { Api } from './api.ts';
import type { StoredObject } from './kinds/kind.ts';
import { Refusal } from './status.ts';
import { createObject } from './verbs/create.ts';
import { updateObject } from './verbs/update.ts';

export interface Advertised {
  readonly address: string;
  readonly port: number;
}

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/**
 * Makes what every cluster has from its first moment: four namespaces, and the Service `kubernetes` on the first address
 * of the range with its endpoints, which are the address that this server tells of itself.
 */
export async function bootstrap(api: Api, { address, port }: Advertised): Promise<void> {
  const cluster = (kind: string, apiVersion: string, body: object): StoredObject => {
    return { kind, apiVersion, ...body } as unknown as StoredObject;
  };
  for (const name of namespaces) {
    await ensure(api, 'namespaces', '', cluster('Namespace', 'v1', { metadata: { name } }));
  }
  const clusterIP = addressAt(parseCidr(api.config.serviceClusterIPRange), 1);
  const name = 'kubernetes';
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  const ports = [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }];
  const spec = { clusterIP, clusterIPs: [clusterIP], ports, sessionAffinity: 'None', type: 'ClusterIP' };
  await ensure(api, 'services', 'default', cluster('Service', 'v1', { metadata: { name, labels }, spec }));
  const mirror = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
  const open = [{ name: 'https', port, protocol: 'TCP' }];
  const subsets = [{ addresses: [{ ip: address }], ports: open }];
  await ensure(
    api,
    'endpoints',
    'default',
    cluster('Endpoints', 'v1', { metadata: { name, labels: mirror }, subsets }),
  );
  const slice = {
    metadata: { name, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: open,
  };
  await ensure(api, 'endpointslices', 'default', cluster('EndpointSlice', 'discovery.k8s.io/v1', slice));
}

/** Creates the object; one that is there from an earlier start gets its endpoints renewed: the address may be another. */
async function ensure(api: Api, plural: string, namespace: string, object: StoredObject): Promise<void> {
  const kind = api.registry.byPlural(plural);
  if (!kind) return;
  try {
    await createObject(api, { kind, object: structuredClone(object), namespace, dryRun: false });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status.reason !== 'AlreadyExists') throw error;
    if (plural !== 'endpoints' && plural !== 'endpointslices') return;
    const change = (old: StoredObject) => ({
      ...structuredClone(old),
      ...structuredClone(object),
      metadata: structuredClone(old.metadata),
    });
    await updateObject(api, {
      kind,
      namespace,
      name: object.metadata.name,
      part: 'main',
      dryRun: false,
      change,
    });
  }
}
