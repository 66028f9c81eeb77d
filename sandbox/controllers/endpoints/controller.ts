import { isNotFound } from '../../../lib/kube/api-error.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { Cluster } from '../cluster.ts';
import { headlessLabel } from '../endpointslice/labels.ts';
import { trackTriggerTimes, triggerTimeAnnotation } from '../endpointslice/trigger-time.ts';
import { type Endpoints, isDeleting, nameOf, namespaceOf, type Service, splitKey } from '../objects.ts';
import { selectedPods, servicesOf } from '../selected-pods.ts';
import { canonicalJson } from '../template-hash.ts';
import type { Outcome } from '../work-queue.ts';
import { type DesiredEndpoints, desiredEndpoints } from './desired.ts';

/** Since Kubernetes 1.33 the controller marks the objects that are its own. */
const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const manager = 'endpoint-controller';
const capacityAnnotation = 'endpoints.kubernetes.io/over-capacity';

/** Writes the Endpoints object of every Service that has a selector. */
export function endpointsController(cluster: Cluster): void {
  const { client, stores } = cluster;
  const triggers = trackTriggerTimes();
  const queue = cluster.queue('endpoints', reconcile, 8);

  stores.services.subscribe((key) => queue.add(key));
  stores.pods.subscribe((_key, pod, before) => {
    for (const key of servicesOf(stores.services, pod, before)) queue.add(key);
  });
  stores.endpoints.subscribe((key) => queue.add(key));

  async function reconcile(key: string): Promise<Outcome> {
    const service = stores.services.get(key);
    const current = stores.endpoints.get(key);
    if (!service) {
      triggers.forget(key);
      if (current && isOurs(current))
        await client.delete(resources.endpoints, splitKey(key)).catch(ignoreMissing);
      return;
    }
    if (!service.spec?.selector || isDeleting(service)) return;
    const pods = selectedPods(stores.pods, service);
    const changed = triggers.next(key, service, pods);
    const next = endpointsObject(service, current, desiredEndpoints(service, pods), changed);
    if (!current) await client.create(resources.endpoints, next);
    else if (differs(next, current)) await client.replace(resources.endpoints, next);
    return;
  }
}

function endpointsObject(
  service: Service,
  current: Endpoints | undefined,
  { subsets, truncated }: DesiredEndpoints,
  changed: string | undefined,
): Endpoints {
  const { [capacityAnnotation]: _old, ...annotations } = current?.metadata?.annotations ?? {};
  const { [headlessLabel]: _headless, ...labels } = service.metadata?.labels ?? {};
  return {
    metadata: {
      ...current?.metadata,
      name: nameOf(service),
      namespace: namespaceOf(service),
      labels: {
        ...labels,
        ...(service.spec?.clusterIP === 'None' && { [headlessLabel]: '' }),
        [managedByLabel]: manager,
      },
      annotations: {
        ...annotations,
        ...(changed && { [triggerTimeAnnotation]: changed }),
        ...(truncated && { [capacityAnnotation]: 'truncated' }),
      },
    },
    ...(subsets.length > 0 && { subsets }),
  };
}

/** A new trigger time alone is no reason to write. */
function differs(next: Endpoints, current: Endpoints): boolean {
  const facts = ({ subsets = [], metadata = {} }: Endpoints) =>
    canonicalJson([subsets, metadata.labels ?? {}, metadata.annotations?.[capacityAnnotation] ?? '']);
  return facts(next) !== facts(current);
}

/** Endpoints made by hand for a Service that is gone are not ours to delete. */
function isOurs(endpoints: Endpoints): boolean {
  return endpoints.metadata?.labels?.[managedByLabel] === manager;
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
