import { isDeepStrictEqual } from 'node:util';
import type { Api } from '../api.ts';
import type { Kind, StoredObject } from '../kinds/kind.ts';
import { forbidden, notFound, Refusal } from '../status.ts';
import type { Transaction } from '../store/transaction.ts';
import { wireTime } from './context.ts';
import type { DeleteOptions } from './delete-options.ts';

export interface DeleteRequest {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly options: DeleteOptions;
}

export interface Deleted {
  /** What the object is now, or was last. */
  readonly object: StoredObject;
  readonly gone: boolean;
}

/** Deletes an object, or begins to: with finalizers or a grace period it stays, with its deletionTimestamp. Throws Refusal. */
export function deleteObject(api: Api, request: DeleteRequest): Promise<Deleted> {
  const { kind, namespace, name, options } = request;
  return api.store.write(
    (transaction) => {
      const old = transaction.get(kind.plural, kind.namespaced ? namespace : undefined, name);
      if (!old) throw notFound(kind, name);
      checkPreconditions(kind, old, options);
      return remove(transaction, request, old, api.now());
    },
    { dryRun: options.dryRun },
  );
}

function remove(transaction: Transaction, request: DeleteRequest, old: StoredObject, now: number): Deleted {
  const { kind, options } = request;
  if (kind.plural === 'namespaces' && protectedNamespaces.has(old.metadata.name)) {
    throw forbidden(kind, old.metadata.name, 'this namespace may not be deleted');
  }
  const next = markDeleted(kind, old, options, now);
  if (next === undefined) {
    const last = dying(kind, old, now);
    return { object: options.dryRun ? last : transaction.remove(kind.plural, last), gone: true };
  }
  if (isDeepStrictEqual(next, old)) return { object: old, gone: false };
  if (!options.dryRun) transaction.put(kind.plural, next);
  return { object: next, gone: false };
}

const protectedNamespaces: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/** A pod's last state says that its grace is over. */
function dying(kind: Kind, old: StoredObject, now: number): StoredObject {
  if (!kind.gracePeriodSeconds) return old;
  const since = old.metadata.deletionTimestamp ? Date.parse(old.metadata.deletionTimestamp) : now;
  const begun = since - (old.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return {
    ...old,
    metadata: { ...old.metadata, deletionTimestamp: wireTime(begun), deletionGracePeriodSeconds: 0 },
  };
}

/** The object with its end announced, or undefined when nothing holds it. */
function markDeleted(
  kind: Kind,
  old: StoredObject,
  options: DeleteOptions,
  now: number,
): StoredObject | undefined {
  const next = structuredClone(old);
  const { metadata } = next;
  const finalizers = finalizersFor(metadata.finalizers ?? [], options.propagationPolicy);
  delete metadata.finalizers;
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  if (kind.plural === 'namespaces') return markNamespace(next, now);
  const grace = graceFor(kind, old, options);
  if (grace === 0 && finalizers.length === 0) return undefined;
  if (!metadata.deletionTimestamp) {
    metadata.deletionTimestamp = wireTime(now + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation !== undefined) metadata.generation += 1;
  } else if (grace < (metadata.deletionGracePeriodSeconds ?? 0)) {
    const begun = Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
    metadata.deletionTimestamp = wireTime(begun + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
  }
  return next;
}

/** A namespace goes when the controller has emptied it and taken `kubernetes` out of spec.finalizers. */
function markNamespace(next: StoredObject, now: number): StoredObject | undefined {
  const spec = next['spec'] as { finalizers?: string[] } | undefined;
  const isHeld = (spec?.finalizers?.length ?? 0) > 0 || (next.metadata.finalizers?.length ?? 0) > 0;
  if (!isHeld) return undefined;
  next.metadata.deletionTimestamp ??= wireTime(now);
  next['status'] = { ...(next['status'] as object), phase: 'Terminating' };
  return next;
}

/**
 * Seconds until the end. Pods that run nowhere, or are over, need no grace (registry/core/pod: CheckGracefulDelete);
 * a negative wish counts as one second.
 */
function graceFor(kind: Kind, old: StoredObject, { gracePeriodSeconds }: DeleteOptions): number {
  const usual = kind.gracePeriodSeconds?.(old);
  if (usual === undefined) return 0;
  const { nodeName } = (old['spec'] ?? {}) as { nodeName?: string };
  const { phase } = (old['status'] ?? {}) as { phase?: string };
  if (!nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
  const wanted = gracePeriodSeconds ?? usual;
  return wanted < 0 ? 1 : wanted;
}

function finalizersFor(finalizers: readonly string[], policy: DeleteOptions['propagationPolicy']): string[] {
  if (policy === undefined) return [...finalizers];
  const others = finalizers.filter((name) => name !== 'orphan' && name !== 'foregroundDeletion');
  if (policy === 'Orphan') return [...others, 'orphan'];
  return policy === 'Foreground' ? [...others, 'foregroundDeletion'] : others;
}

function checkPreconditions(kind: Kind, { metadata }: StoredObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid) {
    const text = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}).`;
    throw preconditionFailed(
      kind,
      metadata.name,
      `${text} The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const numbers = `(${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion})`;
    const text = `the ResourceVersion in the precondition ${numbers}.`;
    throw preconditionFailed(kind, metadata.name, `${text} The object might have been modified`);
  }
}

/** Names the kind where other conflicts name the plural. */
function preconditionFailed({ group, kind }: Kind, name: string, why: string): Refusal {
  const label = group === '' ? kind : `${kind}.${group}`;
  const message = `Operation cannot be fulfilled on ${label} "${name}": ${why}`;
  return new Refusal(409, 'Conflict', message, { name, ...(group && { group }), kind });
}
