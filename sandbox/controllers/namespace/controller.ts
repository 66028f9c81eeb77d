import { isNotFound } from '../../../lib/kube/api-error.ts';
import { type Resource, resources } from '../../../lib/kube/resources.ts';
import type { Cluster } from '../cluster.ts';
import { type AnyObject, isDeleting, metaOf, type Namespace, nameOf } from '../objects.ts';
import type { Outcome } from '../work-queue.ts';
import { deletableResources } from './discovery.ts';

/** The finalizer of every namespace: it is ours to remove when the namespace is empty. */
const finalizer = 'kubernetes';

/** How soon the rest of a namespace's content is looked at again; an object's end is seen at once where we watch it. */
const againMs = 500;

/** Empties a namespace that is being deleted, then lets it go (upstream: pkg/controller/namespace/deletion). */
export function namespaceController(cluster: Cluster): void {
  const { client, stores } = cluster;
  const queue = cluster.queue('namespace', reconcile);
  stores.namespaces.subscribe((key) => queue.add(key));
  stores.pods.subscribe((_key, pod, before) => {
    const namespace = metaOf(before ?? {}).namespace ?? '';
    if (!pod && isDeleting(stores.namespaces.get(namespace) ?? {})) queue.add(namespace);
  });

  async function reconcile(key: string): Promise<Outcome> {
    if (!isDeleting(stores.namespaces.get(key) ?? {})) return;
    // What we remember may be behind: somebody may have made a new namespace of that name, whose objects are not ours to delete.
    const namespace = await client
      .get<Namespace>(resources.namespaces, { name: key })
      .catch((error: unknown) => ignoreMissing(error));
    if (!namespace || !isDeleting(namespace)) return;
    if (!(namespace.spec?.finalizers ?? []).includes(finalizer)) return;
    let left = 0;
    for (const resource of await deletableResources(client)) left += await empty(resource, key);
    if (left > 0) return { afterMs: againMs };
    await finalize(namespace);
    return;
  }

  /** Deletes every object of a kind; resolves with the number of those that are not gone at once. */
  async function empty(resource: Resource, namespace: string): Promise<number> {
    const { items } = await client.list<AnyObject>(resource, { namespace });
    const doomed = items.filter((object) => !isDeleting(object));
    await Promise.all(
      doomed.map((object) =>
        client
          .delete(resource, { namespace, name: nameOf(object) }, { propagationPolicy: 'Background' })
          .catch(ignoreMissing),
      ),
    );
    if (items.length === 0) return 0;
    const after = await client.list<AnyObject>(resource, { namespace });
    return after.items.length;
  }

  async function finalize(namespace: Namespace): Promise<void> {
    const finalizers = (namespace.spec?.finalizers ?? []).filter((other) => other !== finalizer);
    const next = { ...namespace, spec: { ...namespace.spec, finalizers } };
    await client.replace(resources.namespaces, next, { subresource: 'finalize' }).catch(ignoreMissing);
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}
