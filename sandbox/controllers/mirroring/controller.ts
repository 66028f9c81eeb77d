import { resources } from '../../../lib/kube/resources.ts';
import type { Cluster } from '../cluster.ts';
import { managedByLabel, mirrorManager, serviceNameLabel } from '../endpointslice/labels.ts';
import { planSlices } from '../endpointslice/plan.ts';
import { indexSlices } from '../endpointslice/slice-index.ts';
import { createSliceWriter } from '../endpointslice/slice-writer.ts';
import { type Endpoints, isDeleting, nameOf, splitKey } from '../objects.ts';
import type { Outcome } from '../work-queue.ts';
import { trackWrites } from '../written.ts';
import { isMirrored, mirroredGroups } from './plan.ts';

/** Annotations that say something about the Endpoints object alone. */
const notMirrored: ReadonlySet<string> = new Set([
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
]);

/** Copies Endpoints that were made by hand into EndpointSlices, so that proxies need to read slices only. */
export function endpointSliceMirroringController(cluster: Cluster): void {
  const { client, stores } = cluster;
  const queue = cluster.queue('endpointslicemirroring', reconcile);
  const slices = indexSlices(stores.endpointSlices, mirrorManager, (key) => queue.add(key));
  const written = trackWrites(stores.endpointSlices);
  const writer = createSliceWriter({ client, written, doomed: slices.doomed });

  stores.endpoints.subscribe((key) => queue.add(key));
  stores.services.subscribe((key) => queue.add(key));

  async function reconcile(key: string): Promise<Outcome> {
    const endpoints = stores.endpoints.get(key);
    const mirrored = endpoints && isMirrored(endpoints, stores.services.get(key)) && !isDeleting(endpoints);
    if (!written.seen(key)) return { afterMs: 1000 };
    const existing = slices.of(key, endpoints);
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
  return Object.fromEntries(all.filter(([key]) => !notMirrored.has(key)));
}
