import { apiVersionOf, type Resource } from '../../lib/kube/resources.ts';
import { type AnyObject, nameOf, type OwnerReference, uidOf } from './objects.ts';

/** The owner that controls the object, if it has one. */
export function controllerOf(object: AnyObject): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((reference) => reference.controller === true);
}

/** A reference by which `owner` controls another object. */
export function controllerReference(resource: Resource, owner: AnyObject): OwnerReference {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name: nameOf(owner),
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** What a controller does about an object that might be its own. */
export type Claim = 'keep' | 'adopt' | 'release' | 'ignore';

/**
 * Upstream's rule (pkg/controller/controller_ref_manager.go, ClaimObject): an owner keeps what it controls and selects,
 * releases what it controls and no longer selects, adopts what it selects and nobody controls. Nothing is adopted by or
 * for something that is being deleted.
 */
export function claim(owner: AnyObject, object: AnyObject, matches: boolean): Claim {
  const controller = controllerOf(object);
  const deleting = owner.metadata?.deletionTimestamp !== undefined;
  if (controller) {
    if (controller.uid !== uidOf(owner)) return 'ignore';
    if (matches) return 'keep';
    return deleting ? 'ignore' : 'release';
  }
  if (deleting || !matches || object.metadata?.deletionTimestamp !== undefined) return 'ignore';
  return 'adopt';
}
