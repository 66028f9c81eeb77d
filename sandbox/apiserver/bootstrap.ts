import { addressAt, parseCidr } from '../../lib/ip.ts';
import type { Api } from './api.ts';
import type { StoredObject } from './kinds/kind.ts';
import { typeMetaOf } from './registry.ts';
import { createObject } from './verbs/create.ts';
import { updateObject } from './verbs/update.ts';

export interface Advertised {
  readonly address: string;
  readonly port: number;
}

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/**
 * Makes what every cluster has from its first moment: four namespaces, and the Service `kubernetes` on the first address
 * of the range with its endpoints, which are the address that this server tells of itself. Whoever deletes one of the
 * latter gets it back at once, as from kube-apiserver's own controller.
 */
export async function bootstrap(api: Api, advertised: Advertised): Promise<void> {
  for (const name of namespaces) await ensure(api, 'namespaces', '', { metadata: { name } });
  const own = kubernetesService(api, advertised);
  for (const { plural, body } of own) await ensure(api, plural, 'default', body);
  for (const { plural, body } of own) {
    const subscription = api.store.subscribe(plural, api.store.revision, ({ type, object }) => {
      const { name, namespace } = object.metadata;
      if (type !== 'DELETED' || name !== 'kubernetes' || namespace !== 'default') return;
      ensure(api, plural, 'default', body).catch((error: unknown) => {
        api.log.error('could not make the Service kubernetes again', { plural, error });
      });
    });
    api.signal.addEventListener('abort', () => subscription?.end(), { once: true });
  }
}

type Body = {
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
} & Record<string, unknown>;

function kubernetesService(api: Api, { address, port }: Advertised): { plural: string; body: Body }[] {
  const name = 'kubernetes';
  const clusterIP = addressAt(parseCidr(api.config.serviceClusterIPRange), 1);
  const ports = [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }];
  const open = [{ name: 'https', port, protocol: 'TCP' }];
  const service: Body = {
    metadata: { name, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { clusterIP, clusterIPs: [clusterIP], ports, sessionAffinity: 'None', type: 'ClusterIP' },
  };
  const endpoints: Body = {
    metadata: { name, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports: open }],
  };
  const slice: Body = {
    metadata: { name, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: open,
  };
  return [
    { plural: 'services', body: service },
    { plural: 'endpoints', body: endpoints },
    { plural: 'endpointslices', body: slice },
  ];
}

/** Creates the object; endpoints from an earlier start are renewed, since the address may be another. */
async function ensure(api: Api, plural: string, namespace: string, body: Body): Promise<void> {
  const kind = api.registry.byPlural(plural);
  if (!kind) return;
  const { name } = body.metadata;
  const object = { ...typeMetaOf(kind), ...structuredClone(body) } as unknown as StoredObject;
  if (!api.store.get(plural, kind.namespaced ? namespace : undefined, name)) {
    await createObject(api, { kind, object, namespace, dryRun: false });
  } else if (plural === 'endpoints' || plural === 'endpointslices') {
    const change = (old: StoredObject) => ({ ...object, metadata: structuredClone(old.metadata) });
    await updateObject(api, { kind, namespace, name, part: 'main', dryRun: false, change });
  }
}
