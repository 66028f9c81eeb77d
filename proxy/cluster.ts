import type { Client } from '../lib/kube/client.ts';
import { keyOf } from '../lib/kube/informer.ts';
import { reflect } from '../lib/kube/reflector.ts';
import { resources } from '../lib/kube/resources.ts';
import type { KubeObject, V1EndpointSlice, V1Endpoints, V1Node, V1Service, Wire } from '../lib/kube/types.ts';
import type { Log } from '../lib/log.ts';
import type { EndpointsApi } from './endpoints-api.ts';
import { recordsOfEndpoints } from './model/from-endpoints.ts';
import { nodeRecord, serviceRecord, sliceRecord } from './model/from-kube.ts';
import type { NodeRecord, SliceRecord } from './model/records.ts';
import type { Store } from './model/store.ts';

export interface ClusterOptions {
  readonly client: Client;
  readonly store: Store;
  readonly bindAddress: string | undefined;
  /** Which API says where the endpoints are. */
  readonly endpointsApi: EndpointsApi;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Something was noted in the store. */
  readonly onChange: (kind: 'service' | 'slice' | 'node' | 'list') => void;
}

/**
 * Keeps the store like the cluster. Services with one of the two labels belong to other proxies or to nobody (kube-proxy.md
 * §1.1). `synced` resolves when Services, EndpointSlices and the own Node have all been listed: before, nothing may be written.
 */
export function followCluster(options: ClusterOptions): { synced: Promise<void>; done: Promise<void> } {
  const { store, onChange } = options;
  const common = { client: options.client, log: options.log, signal: options.signal };
  const services = reflect<Wire<V1Service> & KubeObject, Keyed<ReturnType<typeof serviceRecord>>>({
    ...common,
    resource: resources.services,
    labelSelector: notForUs,
    project: (service) => ({ key: keyOf(service), record: serviceRecord(service) }),
    onList: (items) => {
      store.replaceServices(present(items));
      onChange('list');
    },
    onEvent: (type, { key, record }) => {
      store.setService(key, type === 'DELETED' ? undefined : record);
      onChange('service');
    },
  });
  const slices =
    options.endpointsApi === 'slices' ? followSlices(options, common) : followEndpoints(options, common);
  const node = followNode(options, common);
  const all = [services, slices, node];
  return {
    synced: Promise.all(all.map(({ synced }) => synced)).then(() => {}),
    done: Promise.all(all.map(({ done }) => done)).then(() => {}),
  };
}

function followSlices({ store, onChange }: ClusterOptions, common: Common) {
  return reflect<Wire<V1EndpointSlice> & KubeObject, Keyed<ReturnType<typeof sliceRecord>>>({
    ...common,
    resource: resources.endpointSlices,
    labelSelector: notForUs,
    project: (slice) => ({ key: keyOf(slice), record: sliceRecord(slice) }),
    onList: (items) => {
      store.replaceSlices(present(items));
      onChange('list');
    },
    onEvent: (type, { key, record }) => {
      store.setSlice(key, type === 'DELETED' ? undefined : record);
      onChange('slice');
    },
  });
}

/** An object becomes several records, and fewer than before perhaps. */
function followEndpoints({ store, onChange }: ClusterOptions, common: Common) {
  const held = new Map<string, readonly string[]>();
  const set = ({ key, record }: Keyed<readonly SliceRecord[]>) => {
    const now = record.map(({ namespace, name }) => `${namespace}/${name}`);
    for (const old of held.get(key) ?? []) if (!now.includes(old)) store.setSlice(old, undefined);
    for (const [i, one] of record.entries()) store.setSlice(now[i] ?? '', one);
    held.set(key, now);
  };
  return reflect<Wire<V1Endpoints> & KubeObject, Keyed<readonly SliceRecord[]>>({
    ...common,
    resource: resources.endpoints,
    labelSelector: notForUs,
    project: (endpoints) => ({ key: keyOf(endpoints), record: recordsOfEndpoints(endpoints) }),
    onList: (items) => {
      store.replaceSlices(new Map());
      held.clear();
      for (const item of items) set(item);
      onChange('list');
    },
    onEvent: (type, { key, record }) => {
      set({ key, record: type === 'DELETED' ? [] : record });
      onChange('slice');
    },
  });
}

type Common = Pick<ClusterOptions, 'client' | 'log' | 'signal'>;

const notForUs = '!service.kubernetes.io/service-proxy-name,!service.kubernetes.io/headless';

interface Keyed<T> {
  readonly key: string;
  readonly record: T;
}

function present<T>(items: readonly Keyed<T | undefined>[]): Map<string, T> {
  return new Map(items.flatMap(({ key, record }) => (record === undefined ? [] : [[key, record] as const])));
}

function followNode({ store, bindAddress, onChange }: ClusterOptions, common: Common) {
  const set = (record: NodeRecord) => {
    const others = record.addresses.filter((address) => address !== bindAddress);
    const addresses = bindAddress === undefined ? record.addresses : [bindAddress, ...others];
    if (store.setNode({ ...record, addresses })) onChange('node');
  };
  return reflect<Wire<V1Node> & KubeObject, NodeRecord>({
    ...common,
    resource: resources.nodes,
    fieldSelector: `metadata.name=${store.node.name}`,
    project: nodeRecord,
    onList: ([record]) => {
      if (record) set(record);
      else if (bindAddress !== undefined) set({ ...store.node, addresses: [bindAddress] });
    },
    onEvent: (type, record) => set(type === 'DELETED' ? { ...record, leaving: true } : record),
  });
}
