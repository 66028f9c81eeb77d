import { isNotFound } from '../../../lib/kube/api-error.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { apiVersionOf, type Resource } from '../../../lib/kube/resources.ts';
import { type AnyObject, isDeleting, metaOf, namespaceOf, type OwnerReference, uidOf } from '../objects.ts';
import { foregroundFinalizer, type OwnerGraph, type OwnerState } from './graph.ts';

/** How the owners of an object stand, by uid. Throws what the client throws. */
export async function ownerStates(
  object: AnyObject,
  parts: { client: Client; graph: OwnerGraph; kinds: readonly Resource[] },
): Promise<Map<string, OwnerState>> {
  const states = new Map<string, OwnerState>();
  for (const owner of metaOf(object).ownerReferences ?? []) {
    const known = parts.graph.get(owner.uid)?.object;
    states.set(owner.uid, known ? stateOf(known) : await askFor(owner, object, parts));
  }
  return states;
}

function stateOf(owner: AnyObject): OwnerState {
  const waits = isDeleting(owner) && (metaOf(owner).finalizers ?? []).includes(foregroundFinalizer);
  return waits ? 'waiting' : 'alive';
}

/**
 * An owner that no store shows is asked for at the API: it may be so new that we have not seen it. Owners of a kind that
 * we do not know are left to those who do.
 */
async function askFor(
  owner: OwnerReference,
  object: AnyObject,
  { client, kinds }: { client: Client; kinds: readonly Resource[] },
): Promise<OwnerState> {
  const resource = kinds.find(
    (candidate) => candidate.kind === owner.kind && apiVersionOf(candidate) === owner.apiVersion,
  );
  if (!resource) return 'alive';
  const namespace = resource.namespaced ? namespaceOf(object) : undefined;
  try {
    const there = await client.get<AnyObject>(resource, { namespace, name: owner.name });
    return uidOf(there) === owner.uid ? 'alive' : 'gone';
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    throw error;
  }
}
