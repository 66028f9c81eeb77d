import type { Resource } from '../../../lib/kube/resources.ts';
import { type AnyObject, isDeleting, type OwnerReference, uidOf } from '../objects.ts';

/** The finalizers by which the API server asks for a foreground or an orphaning deletion. */
export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

/** Objects and who owns whom, by uid. */
export interface OwnerGraph {
  put(entry: GraphEntry): void;
  remove(uid: string): void;
  get(uid: string): GraphEntry | undefined;
  dependentsOf(uid: string): GraphEntry[];
}

export interface GraphEntry {
  resource: Resource;
  object: AnyObject;
}

/** Who owns whom, by uid; empty at first. */
export function createOwnerGraph(): OwnerGraph {
  const entries = new Map<string, GraphEntry>();
  const dependents = new Map<string, Set<string>>();

  function unlink(uid: string): void {
    for (const owner of ownersOf(entries.get(uid)?.object)) {
      const others = dependents.get(owner.uid);
      others?.delete(uid);
      if (others?.size === 0) dependents.delete(owner.uid);
    }
  }

  return {
    put(entry) {
      const uid = uidOf(entry.object);
      unlink(uid);
      entries.set(uid, entry);
      for (const owner of ownersOf(entry.object)) {
        const others = dependents.get(owner.uid) ?? new Set<string>();
        dependents.set(owner.uid, others.add(uid));
      }
    },
    remove(uid) {
      unlink(uid);
      entries.delete(uid);
    },
    get: (uid) => entries.get(uid),
    dependentsOf: (uid) => [...(dependents.get(uid) ?? [])].flatMap((other) => entries.get(other) ?? []),
  };
}

/** The owners that the object names; none when it is missing. */
export function ownersOf(object: AnyObject | undefined): readonly OwnerReference[] {
  return object?.metadata?.ownerReferences ?? [];
}

export type OwnerState = 'alive' | 'waiting' | 'gone';

export type Verdict =
  | { kind: 'none' }
  | { kind: 'delete'; policy: 'Background' | 'Foreground' | 'Orphan' }
  /** Keep the object, without its references to these owners. */
  | { kind: 'disown'; uids: string[] };

/**
 * What becomes of an object whose owners are in these states; `waiting` is an owner that is itself deleted in the foreground
 * and waits for its dependents (upstream: garbagecollector.go, attemptToDeleteItem). Pure.
 */
export function judge(
  object: AnyObject,
  state: (owner: OwnerReference) => OwnerState,
  hasDependents: boolean,
): Verdict {
  const owners = ownersOf(object);
  if (owners.length === 0 || isDeleting(object)) return { kind: 'none' };
  const alive = owners.filter((owner) => state(owner) === 'alive');
  const lost = owners.filter((owner) => state(owner) !== 'alive');
  if (alive.length > 0) {
    return lost.length === 0 ? { kind: 'none' } : { kind: 'disown', uids: lost.map(({ uid }) => uid) };
  }
  const waiting = lost.some((owner) => state(owner) === 'waiting');
  return { kind: 'delete', policy: waiting && hasDependents ? 'Foreground' : ownPolicy(object) };
}

/** A finalizer that a user put on the object says how its own dependents are to be treated. */
function ownPolicy(object: AnyObject): 'Background' | 'Foreground' | 'Orphan' {
  const finalizers = object.metadata?.finalizers ?? [];
  if (finalizers.includes(orphanFinalizer)) return 'Orphan';
  return finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background';
}
