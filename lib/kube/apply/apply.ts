import { WorkshopError } from '../../errors.ts';
import { isNotFound } from '../api-error.ts';
import type { Client } from '../client.ts';
import { apiVersionOf, type Resource, resources } from '../resources.ts';
import type { KubeObject } from '../types.ts';
import { lastApplied, withLastApplied } from './last-applied.ts';
import { threeWayPatch } from './three-way-patch.ts';

export type ApplyOutcome = 'created' | 'configured' | 'unchanged';

export interface Applied<T extends KubeObject = KubeObject> {
  /** As kubectl prints it: `service/my-service`, `deployment.apps/my-nginx`. */
  name: string;
  outcome: ApplyOutcome;
  object: T;
}

export interface ApplyOptions {
  /** Namespace of objects that name none. Default `default`. */
  namespace?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Does what `kubectl apply` does, with the same annotation, so that either may follow the other: creates the object, or sends
 * the difference between what was applied last, what is wanted now and what is there.
 * Throws WorkshopError `usage` for a kind that the workshop does not know, ApiError when the server refuses.
 */
export async function apply<T extends KubeObject>(
  client: Client,
  manifest: T,
  options: ApplyOptions = {},
): Promise<Applied<T>> {
  const resource = resourceOf(manifest);
  const wanted = withLastApplied(located(manifest, resource, options.namespace));
  const name = printedName(resource, wanted);
  const ref = { namespace: wanted.metadata?.namespace, name: wanted.metadata?.name ?? '' };
  const { signal } = options;
  const current = await client.get<T>(resource, ref, { signal }).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  if (current === undefined) {
    const object = await client.create<T>(resource, wanted, { signal, fieldManager: 'workshop-apply' });
    return { name, outcome: 'created', object };
  }
  const patch = threeWayPatch(lastApplied(current), wanted);
  const object = await client.patch<T>(resource, ref, patch, {
    type: 'strategic-merge',
    signal,
    fieldManager: 'workshop-apply',
  });
  const changed = object.metadata?.resourceVersion !== current.metadata?.resourceVersion;
  return { name, outcome: changed ? 'configured' : 'unchanged', object };
}

/** The resource of an object by its apiVersion and kind. Throws WorkshopError `usage`. */
export function resourceOf(manifest: KubeObject): Resource {
  const found = Object.values(resources).find(
    (resource) => resource.kind === manifest.kind && apiVersionOf(resource) === manifest.apiVersion,
  );
  if (found) return found;
  throw new WorkshopError(
    'usage',
    `could not apply ${manifest.metadata?.name ?? 'an object'}: no kind "${manifest.kind}" in version "${manifest.apiVersion}" is known here`,
    { advice: 'kubectl apply -f FILE' },
  );
}

/** `service/x`, `deployment.apps/x`: the resource as kubectl names it. */
export function printedName(resource: Resource, object: KubeObject): string {
  const group = resource.group === '' ? '' : `.${resource.group}`;
  return `${resource.kind.toLowerCase()}${group}/${object.metadata?.name}`;
}

function located<T extends KubeObject>(manifest: T, resource: Resource, namespace = 'default'): T {
  if (!resource.namespaced || manifest.metadata?.namespace) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}
