import type { Cluster } from '../cluster.ts';
import { type AnyObject, isDeleting, metaOf, uidOf } from '../objects.ts';
import type { Store } from '../store.ts';
import type { Outcome } from '../work-queue.ts';
import {
  createOwnerGraph,
  foregroundFinalizer,
  type GraphEntry,
  judge,
  orphanFinalizer,
  ownersOf,
} from './graph.ts';
import { ownerStates } from './owner-state.ts';
import { collect, disown, dropFinalizer } from './writes.ts';

/** Deletes objects whose owners are gone, and carries out foreground and orphaning deletions. Keys are uids. */
export function garbageCollector(cluster: Cluster): void {
  const { client } = cluster;
  const stores: Store<AnyObject>[] = Object.values(cluster.stores);
  const kinds = stores.map((store) => store.resource);
  const graph = createOwnerGraph();
  const queue = cluster.queue('garbage-collector', reconcile, 8);

  for (const store of stores) {
    store.subscribe((_key, now, before) => {
      if (before && uidOf(before) !== uidOf(now ?? {})) left(before);
      if (!now) return;
      graph.put({ resource: store.resource, object: now });
      if (ownersOf(now).length > 0 || isDeleting(now)) queue.add(uidOf(now));
      if (isDeleting(now)) addDependents(now);
    });
  }

  /** The owners may have waited for this object, and its own dependents have lost theirs. */
  function left(object: AnyObject): void {
    graph.remove(uidOf(object));
    addDependents(object);
    for (const owner of ownersOf(object)) queue.add(owner.uid);
  }

  function addDependents(object: AnyObject): void {
    for (const dependent of graph.dependentsOf(uidOf(object))) queue.add(uidOf(dependent.object));
  }

  async function reconcile(uid: string): Promise<Outcome> {
    const entry = graph.get(uid);
    if (!entry) return;
    if (isDeleting(entry.object)) return finish(entry);
    const states = await ownerStates(entry.object, { client, graph, kinds });
    const hasDependents = graph.dependentsOf(uid).length > 0;
    const verdict = judge(entry.object, (owner) => states.get(owner.uid) ?? 'alive', hasDependents);
    if (verdict.kind === 'delete') await collect(client, entry, verdict.policy);
    if (verdict.kind === 'disown') await disown(client, entry, verdict.uids);
    return;
  }

  /** An object that is being deleted may carry one of the two finalizers that are ours to remove. */
  async function finish(entry: GraphEntry): Promise<Outcome> {
    const uid = uidOf(entry.object);
    const finalizers = metaOf(entry.object).finalizers ?? [];
    const dependents = graph.dependentsOf(uid);
    if (finalizers.includes(orphanFinalizer)) {
      for (const dependent of dependents) await disown(client, dependent, [uid]);
      await dropFinalizer(client, entry, orphanFinalizer);
    } else if (finalizers.includes(foregroundFinalizer)) {
      addDependents(entry.object);
      if (!dependents.some(({ object }) => blocks(object, uid))) {
        await dropFinalizer(client, entry, foregroundFinalizer);
      }
    }
    return;
  }
}

function blocks(object: AnyObject, ownerUid: string): boolean {
  return ownersOf(object).some(
    ({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true,
  );
}
