import { isNotFound } from '../../../lib/kube/api-error.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { type AnyObject, metaOf, nameOf, namespaceOf, uidOf } from '../objects.ts';
import { patchOwners } from '../ownership-writes.ts';
import type { GraphEntry } from './graph.ts';

/** The object's owners without those of `uids`. An object that is gone meanwhile is well. */
export async function disown(client: Client, entry: GraphEntry, uids: readonly string[]): Promise<void> {
  const left = (metaOf(entry.object).ownerReferences ?? []).filter(({ uid }) => !uids.includes(uid));
  await patchOwners(client, entry.resource, entry.object, left).catch(ignoreMissing);
}

/** Takes one finalizer away. Throws ApiError 409 when the object has changed meanwhile; a missing one is fine. */
export async function dropFinalizer(client: Client, entry: GraphEntry, finalizer: string): Promise<void> {
  const { resourceVersion, finalizers = [] } = metaOf(entry.object);
  const left = finalizers.filter((other) => other !== finalizer);
  const patch = { metadata: { resourceVersion, finalizers: left } };
  await client.patch(entry.resource, refOf(entry.object), patch, { type: 'merge' }).catch(ignoreMissing);
}

/** Deletes this very object, by its uid; a missing one is fine. */
export async function collect(
  client: Client,
  entry: GraphEntry,
  propagationPolicy: 'Background' | 'Foreground' | 'Orphan',
): Promise<void> {
  const options = { uid: uidOf(entry.object), propagationPolicy };
  await client.delete(entry.resource, refOf(entry.object), options).catch(ignoreMissing);
}

function refOf(object: AnyObject): { namespace: string | undefined; name: string } {
  return { namespace: namespaceOf(object) || undefined, name: nameOf(object) };
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
