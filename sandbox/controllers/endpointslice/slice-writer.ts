import { isNotFound } from '../../../lib/kube/api-error.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { type Resource, resources } from '../../../lib/kube/resources.ts';
import type { Doomed } from '../doomed.ts';
import { type AnyObject, type EndpointSlice, nameOf, namespaceOf, uidOf } from '../objects.ts';
import { controllerReference } from '../owners.ts';
import { canonicalJson } from '../template-hash.ts';
import type { Written } from '../written.ts';
import type { SlicePlan } from './plan.ts';

/** What all slices of one owner have in common. */
export interface SliceFamily {
  /** The key under which the writes are remembered. */
  key: string;
  owner: AnyObject;
  ownerResource: Resource;
  /** The slices' labels, exactly. */
  labels: Record<string, string>;
  /** Annotations that are added on each write. */
  annotations: Record<string, string>;
}

export interface SliceWriter {
  /** Carries out a plan, and corrects the labels of slices that the plan leaves alone. */
  write(plan: SlicePlan, existing: readonly EndpointSlice[], family: SliceFamily): Promise<void>;
}

/** Writes slices, and notes what it has written, so that a cache that lags behind is noticed. */
export function createSliceWriter(parts: { client: Client; written: Written; doomed: Doomed }): SliceWriter {
  const { client, written, doomed } = parts;

  async function create(slice: EndpointSlice, family: SliceFamily): Promise<EndpointSlice> {
    const metadata = {
      generateName: `${nameOf(family.owner)}-`,
      namespace: namespaceOf(family.owner),
      labels: family.labels,
      annotations: family.annotations,
      ownerReferences: [controllerReference(family.ownerResource, family.owner)],
    };
    return client.create(resources.endpointSlices, { ...slice, metadata });
  }

  async function update(slice: EndpointSlice, { labels, annotations }: SliceFamily): Promise<EndpointSlice> {
    const metadata = {
      ...slice.metadata,
      labels,
      annotations: { ...slice.metadata?.annotations, ...annotations },
    };
    return client.replace(resources.endpointSlices, { ...slice, metadata });
  }

  async function remove(slice: EndpointSlice): Promise<undefined> {
    doomed.add(uidOf(slice));
    const ref = { namespace: namespaceOf(slice), name: nameOf(slice) };
    await client.delete(resources.endpointSlices, ref, { uid: uidOf(slice) }).catch((error: unknown) => {
      doomed.delete(uidOf(slice));
      if (!isNotFound(error)) throw error;
    });
  }

  return {
    async write(plan, existing, family) {
      const updates = [...plan.update, ...mislabelled(plan, existing, family.labels)];
      const results = await Promise.allSettled([
        ...updates.map((slice) => update(slice, family)),
        ...plan.create.map((slice) => create(slice, family)),
        ...plan.remove.map(remove),
      ]);
      for (const result of results) {
        if (result.status === 'fulfilled' && result.value) written.note(family.key, result.value);
      }
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

function mislabelled(
  plan: SlicePlan,
  existing: readonly EndpointSlice[],
  labels: Record<string, string>,
): EndpointSlice[] {
  const handled = new Set([...plan.update, ...plan.remove].map(uidOf));
  return existing.filter(
    (slice) =>
      !handled.has(uidOf(slice)) && canonicalJson(slice.metadata?.labels ?? {}) !== canonicalJson(labels),
  );
}
