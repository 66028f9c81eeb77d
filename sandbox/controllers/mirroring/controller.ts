import { resources } from '../../../lib/kube/resources.ts';
import type { Cluster } from '../cluster.ts';
import { trackDeletions } from '../doomed.ts';
import { managedByLabel, mirrorManager, serviceNameLabel } from '../endpointslice/labels.ts';
import { planSlices } from '../endpointslice/plan.ts';
import { createSliceWriter } from '../endpointslice/slice-writer.ts';
import {
  type EndpointSlice,
  type Endpoints,
  isDeleting,
  nameOf,
  namespaceOf,
  splitKey,
  uidOf,
} from '../objects.ts';
import type { Outcome } from '../work-queue.ts';
import { trackWrites } from '../written.ts';
import { isMirrored, mirroredGroups } from './plan.ts';

/** Annotations that say something about the Endpoints object alone. */
const notMirrored = [
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
];

/** Copies Endpoints that were made by hand into EndpointSlices, so that proxies need to read slices only. */
export function endpointSliceMirroringController(cluster: Cluster): void {
  const { client, stores } = cluster;
  const written = trackWrites(stores.endpointSlices);
  const doomed = trackDeletions(stores.endpointSlices);
  const writer = createSliceWriter({ client, written, doomed });
  const queue = cluster.queue('endpointslicemirroring', reconcile);

  stores.endpoints.subscribe((key) => queue.add(key));
  stores.services.subscribe((key) => queue.add(key));
  stores.endpointSlices.subscribe((_key, slice, before) => {
    const labels = (slice ?? before)?.metadata?.labels ?? {};
    if (labels[managedByLabel] !== mirrorManager) return;
    queue.add(`${namespaceOf(slice ?? before ?? {})}/${labels[serviceNameLabel]}`);
  });

  async function reconcile(key: string): Promise<Outcome> {
    const endpoints = stores.endpoints.get(key);
    const mirrored = endpoints && isMirrored(endpoints, stores.services.get(key)) && !isDeleting(endpoints);
    if (!written.seen(key)) return { afterMs: 1000 };
    const existing = mirrorsOf(key);
    if (!mirrored && existing.length === 0) return;
    const plan = planSlices(mirrored ? mirroredGroups(endpoints) : [], existing, []);
    await writer.write(plan, existing, {
      key,
      owner: endpoints ?? { metadata: splitKey(key) },
      ownerResource: resources.endpoints,
      labels: endpoints ? mirrorLabels(endpoints) : {},
      annotations: mirrorAnnotations(endpoints),
    });
    return;
  }

  function mirrorsOf(key: string): EndpointSlice[] {
    const { namespace, name } = splitKey(key);
    return stores.endpointSlices.inNamespace(namespace).filter((slice) => {
      const labels = slice.metadata?.labels ?? {};
      return (
        labels[managedByLabel] === mirrorManager &&
        labels[serviceNameLabel] === name &&
        !isDeleting(slice) &&
        !doomed.has(uidOf(slice))
      );
    });
  }
}

function mirrorLabels(endpoints: Endpoints): Record<string, string> {
  return {
    ...endpoints.metadata?.labels,
    [serviceNameLabel]: nameOf(endpoints),
    [managedByLabel]: mirrorManager,
  };
}

function mirrorAnnotations(endpoints: Endpoints | undefined): Record<string, string> {
  const all = Object.entries(endpoints?.metadata?.annotations ?? {});
  return Object.fromEntries(all.filter(([key]) => !notMirrored.includes(key)));
}
