import { keyOf } from '../../../lib/kube/informer.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { Cluster } from '../cluster.ts';
import { isDeleting, type Node } from '../objects.ts';
import { selectedPods, servicesOf } from '../selected-pods.ts';
import type { Outcome } from '../work-queue.ts';
import { trackWrites } from '../written.ts';
import { addressTypes, desiredGroups } from './desired.ts';
import { sliceLabels, sliceManager } from './labels.ts';
import { planSlices } from './plan.ts';
import { indexSlices } from './slice-index.ts';
import { createSliceWriter } from './slice-writer.ts';
import { trackTriggerTimes, triggerTimeAnnotation } from './trigger-time.ts';

/** Writes the EndpointSlices of every Service that has a selector. */
export function endpointSliceController(cluster: Cluster): void {
  const { client, stores } = cluster;
  const queue = cluster.queue('endpointslice', reconcile, 8);
  const slices = indexSlices(stores.endpointSlices, sliceManager, (key) => queue.add(key));
  const written = trackWrites(stores.endpointSlices);
  const writer = createSliceWriter({ client, written, doomed: slices.doomed });
  const triggers = trackTriggerTimes();

  stores.services.subscribe((key) => queue.add(key));
  stores.pods.subscribe((_key, pod, before) => {
    for (const key of servicesOf(stores.services, pod, before)) queue.add(key);
  });
  stores.nodes.subscribe((_key, node, before) => {
    if (zoneOf(node) === zoneOf(before)) return;
    for (const service of stores.services.list()) queue.add(keyOf(service));
  });

  async function reconcile(key: string): Promise<Outcome> {
    const service = stores.services.get(key);
    if (!service || isDeleting(service)) {
      triggers.forget(key);
      return;
    }
    if (!service.spec?.selector || service.spec.type === 'ExternalName') return;
    if (!written.seen(key)) return { afterMs: 1000 };
    const pods = selectedPods(stores.pods, service);
    const groups = desiredGroups({ service, pods, node: (name) => stores.nodes.get(name) });
    const existing = slices.of(key, service);
    const changed = triggers.next(key, service, pods);
    await writer.write(planSlices(groups, existing, addressTypes(service)), existing, {
      key,
      owner: service,
      ownerResource: resources.services,
      labels: sliceLabels(service),
      annotations: changed ? { [triggerTimeAnnotation]: changed } : {},
    });
    return;
  }
}

function zoneOf(node: Node | undefined): string | undefined {
  return node?.metadata?.labels?.['topology.kubernetes.io/zone'];
}
