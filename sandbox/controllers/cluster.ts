import type { Client } from '../../lib/kube/client.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1ConfigMap, V1Secret, V1ServiceAccount, Wire } from '../../lib/kube/types.ts';
import type { Log } from '../../lib/log.ts';
import type {
  AnyObject,
  Deployment,
  EndpointSlice,
  Endpoints,
  Lease,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Service,
} from './objects.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { openStore, type Store } from './store.ts';
import { createWorkQueue, type Outcome, type WorkQueue } from './work-queue.ts';

export interface Stores {
  namespaces: Store<Namespace>;
  nodes: Store<Node>;
  pods: Store<Pod>;
  services: Store<Service>;
  endpoints: Store<Endpoints>;
  endpointSlices: Store<EndpointSlice>;
  deployments: Store<Deployment>;
  replicaSets: Store<ReplicaSet>;
  leases: Store<Lease>;
  configMaps: Store<Wire<V1ConfigMap>>;
  secrets: Store<Wire<V1Secret>>;
  serviceAccounts: Store<Wire<V1ServiceAccount>>;
}

/** What every controller works with. */
export interface Cluster {
  client: Client;
  stores: Stores;
  log: Log;
  signal: AbortSignal;
  /** Milliseconds since 1970. */
  now: () => number;
  /** The queue of a controller; it starts to work when all stores are filled. */
  queue(name: string, reconcile: (key: string) => Promise<Outcome>, workers?: number): WorkQueue;
  recorder(component: string): Recorder;
}

/** A controller listens to the stores and works through its queue for as long as the process lives. */
export type Controller = (cluster: Cluster) => void;

/** Opens the stores, starts the controllers, and when everything has been read lets them work. Ends with the signal. */
export async function runControllers(
  controllers: readonly Controller[],
  { client, log, signal }: { client: Client; log: Log; signal: AbortSignal },
): Promise<void> {
  const stores = openStores({ client, log, signal });
  const queues: WorkQueue[] = [];
  const recorders: Recorder[] = [];
  const cluster: Cluster = {
    client,
    stores,
    log,
    signal,
    now: () => Date.now(),
    queue(name, reconcile, workers = 4) {
      const queue = createWorkQueue({ reconcile, workers, log: log.with({ controller: name }), signal });
      queues.push(queue);
      return queue;
    },
    recorder(component) {
      const recorder = createRecorder({ client, component, log, signal });
      recorders.push(recorder);
      return recorder;
    },
  };
  for (const controller of controllers) controller(cluster);
  const all: Store<AnyObject>[] = Object.values(stores);
  await Promise.all(all.map((store) => store.synced));
  log.info('controllers started', { kinds: all.length });
  for (const queue of queues) queue.start();
  await Promise.all(all.map((store) => store.done));
  await Promise.all([
    ...queues.map((queue) => queue.idle()),
    ...recorders.map((recorder) => recorder.flush()),
  ]);
}

function openStores(options: { client: Client; log: Log; signal: AbortSignal }): Stores {
  return {
    namespaces: openStore(resources.namespaces, options),
    nodes: openStore(resources.nodes, options),
    pods: openStore(resources.pods, options),
    services: openStore(resources.services, options),
    endpoints: openStore(resources.endpoints, options),
    endpointSlices: openStore(resources.endpointSlices, options),
    deployments: openStore(resources.deployments, options),
    replicaSets: openStore(resources.replicaSets, options),
    leases: openStore(resources.leases, options),
    configMaps: openStore(resources.configMaps, options),
    secrets: openStore(resources.secrets, options),
    serviceAccounts: openStore(resources.serviceAccounts, options),
  };
}
