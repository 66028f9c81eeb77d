import { keyOf } from '../../../lib/kube/informer.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { Cluster } from '../cluster.ts';
import { trackDeletions } from '../doomed.ts';
import { type EndpointSlice, isDeleting, type Node, namespaceOf, type Service, uidOf } from '../objects.ts';
import { selectedPods, servicesOf } from '../selected-pods.ts';
import type { Outcome } from '../work-queue.ts';
import { trackWrites } from '../written.ts';
import { addressTypes, desiredGroups } from './desired.ts';
import { managedByLabel, serviceNameLabel, sliceLabels, sliceManager } from './labels.ts';
import { planSlices } from './plan.ts';
import { createSliceWriter } from './slice-writer.ts';
import { trackTriggerTimes, triggerTimeAnnotation } from './trigger-time.ts';

/** Writes the EndpointSlices of every Service that has a selector. */
export function endpointSliceController(cluster: Cluster): void {
  const { client, stores } = cluster;
  const written = trackWrites(stores.endpointSlices);
  const doomed = trackDeletions(stores.endpointSlices);
  const writer = createSliceWriter({ client, written, doomed });
  const triggers = trackTriggerTimes();
  const queue = cluster.queue('endpointslice', reconcile, 8);

  stores.services.subscribe((key) => queue.add(key));
  stores.pods.subscribe((_key, pod, before) => {
    for (const key of servicesOf(stores.services, pod, before)) queue.add(key);
  });
  stores.endpointSlices.subscribe((_key, slice, before) => {
    const key = serviceKeyOf(slice ?? before);
    if (key) queue.add(key);
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
    const slices = existing(service);
    const changed = triggers.next(key, service, pods);
    await writer.write(planSlices(groups, slices, addressTypes(service)), slices, {
      key,
      owner: service,
      ownerResource: resources.services,
      labels: sliceLabels(service),
      annotations: changed ? { [triggerTimeAnnotation]: changed } : {},
    });
    return;
  }

  function existing(service: Service): EndpointSlice[] {
    return stores.endpointSlices
      .inNamespace(namespaceOf(service))
      .filter(
        (slice) => serviceKeyOf(slice) === keyOf(service) && !isDeleting(slice) && !doomed.has(uidOf(slice)),
      );
  }
}

function serviceKeyOf(slice: EndpointSlice | undefined): string | undefined {
  const labels = slice?.metadata?.labels ?? {};
  if (!slice || labels[managedByLabel] !== sliceManager) return undefined;
  return `${namespaceOf(slice)}/${labels[serviceNameLabel]}`;
}

function zoneOf(node: Node | undefined): string | undefined {
  return node?.metadata?.labels?.['topology.kubernetes.io/zone'];
}
