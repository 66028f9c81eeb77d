import type { Client } from '../../lib/kube/client.ts';
import { type Resource, resources } from '../../lib/kube/resources.ts';
import { type AnyObject, metaOf, nameOf, namespaceOf, uidOf } from './objects.ts';
import { controllerReference } from './owners.ts';

/** Makes `owner` the controller of `object` (by default a pod). The uid in the patch guards against a namesake. */
export function adopt(
  client: Client,
  ownerResource: Resource,
  owner: AnyObject,
  object: AnyObject,
  resource: Resource = resources.pods,
): Promise<AnyObject> {
  const ownerReferences = [
    ...(metaOf(object).ownerReferences ?? []),
    controllerReference(ownerResource, owner),
  ];
  return patchOwners(client, resource, object, ownerReferences);
}

/** Lets go of an object that the owner controls. */
export function release(
  client: Client,
  owner: AnyObject,
  object: AnyObject,
  resource: Resource = resources.pods,
): Promise<AnyObject> {
  const ownerReferences = (metaOf(object).ownerReferences ?? []).filter(({ uid }) => uid !== uidOf(owner));
  return patchOwners(client, resource, object, ownerReferences);
}

/** Writes a whole new list of owners, unless somebody else changed the object meanwhile. */
export function patchOwners(
  client: Client,
  resource: Resource,
  object: AnyObject,
  ownerReferences: unknown[],
): Promise<AnyObject> {
  const { uid, resourceVersion } = metaOf(object);
  const patch = { metadata: { uid, resourceVersion, ownerReferences } };
  const ref = { namespace: namespaceOf(object) || undefined, name: nameOf(object) };
  return client.patch<AnyObject>(resource, ref, patch, { type: 'merge' });
}
