import { isDeepStrictEqual } from 'node:util';
import type { Api } from '../api.ts';
import type { Kind, KindContext, StoredObject } from '../kinds/kind.ts';
import { badRequest, conflict, internalError, modified, notFound } from '../status.ts';
import type { Transaction } from '../store/transaction.ts';
import { validateObjectMetaUpdate } from '../validation/object-meta.ts';
import { contextFor } from './context.ts';
import { refuse } from './create.ts';

/** Which part of the object a request may change. */
export type Part = 'main' | 'status' | 'finalize';

export interface UpdateRequest {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly part: Part;
  readonly dryRun: boolean;
  /** The wanted object, a copy of its own, from the stored one. Runs inside the store's writer. */
  change(old: StoredObject): StoredObject;
}

/** Replaces a stored object and resolves with what it is now. Throws Refusal 404, 409 or 422. */
export function updateObject(api: Api, request: UpdateRequest): Promise<StoredObject> {
  const { kind, namespace, name, dryRun } = request;
  return api.store.write(
    (transaction) => {
      const old = transaction.get(kind.plural, kind.namespaced ? namespace : undefined, name);
      if (!old) throw notFound(kind, name);
      return replace(api, transaction, request, old);
    },
    { dryRun },
  );
}

function replace(
  api: Api,
  transaction: Transaction,
  request: UpdateRequest,
  old: StoredObject,
): StoredObject {
  const { kind, part, dryRun } = request;
  const context = contextFor(api, transaction, dryRun);
  const wanted = request.change(old);
  checkIdentity(request, wanted, old);
  const next = fixed(kind, part, wanted, old);
  kind.setDefaults?.(next);
  if (part === 'main') kind.prepareForUpdate?.(next, old, context);
  if (part === 'status') kind.prepareForStatusUpdate?.(next, old, context);
  refuse(kind, next, [
    ...validateObjectMetaUpdate(next.metadata, old.metadata),
    ...rules(kind, part, next, old, context),
  ]);
  if (part === 'main') refuse(kind, next, kind.allocate?.(next, old, context) ?? []);
  if (kind.hasGeneration && generationCounts(kind, next, old)) {
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  if (isDeepStrictEqual(next, old)) return old;
  if (isLastStep(next)) {
    if (!dryRun) transaction.remove(kind.plural, next);
  } else if (!dryRun) transaction.put(kind.plural, next);
  return next;
}

function rules(kind: Kind, part: Part, next: StoredObject, old: StoredObject, context: KindContext) {
  if (part === 'finalize') return [];
  const check = part === 'status' ? (kind.validateStatusUpdate ?? kind.validateUpdate) : kind.validateUpdate;
  return check?.call(kind, next, old, context) ?? [];
}

function generationCounts(kind: Kind, next: StoredObject, old: StoredObject): boolean {
  if (kind.changesGeneration) return kind.changesGeneration(next, old);
  const content = (object: StoredObject) => ({ ...object, metadata: undefined, status: undefined });
  return !isDeepStrictEqual(content(next), content(old));
}

/** Names, uid and resourceVersion of the request must fit. */
function checkIdentity(
  { kind, name, namespace }: UpdateRequest,
  { metadata }: StoredObject,
  old: StoredObject,
): void {
  if (!metadata.name) {
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  if (kind.namespaced && metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest(
      `the namespace of the object (${metadata.namespace}) does not match the namespace on the URL (${namespace})`,
    );
  }
  const { uid, resourceVersion } = metadata;
  if (resourceVersion && !/^\d+$/.test(resourceVersion)) {
    throw internalError(`strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
  }
  if (uid && uid !== old.metadata.uid)
    throw conflict(kind, name, uidMismatch(kind, namespace, name, uid, old));
  if (resourceVersion && resourceVersion !== '0' && resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(kind, name, modified);
  }
}

function uidMismatch(kind: Kind, namespace: string, name: string, uid: string, old: StoredObject): string {
  const key = `/registry/${kind.plural}/${kind.namespaced ? `${namespace}/` : ''}${name}`;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
}

/** The wanted object with everything that this request must not change taken from the stored one. */
function fixed(kind: Kind, part: Part, wanted: StoredObject, old: StoredObject): StoredObject {
  const next = part === 'main' ? wanted : { ...structuredClone(old), metadata: wanted.metadata };
  if (part === 'status') setOrDelete(next, 'status', wanted['status']);
  if (part === 'finalize') setOrDelete(next, 'spec', wanted['spec']);
  if (part === 'main' && kind.subresources.includes('status')) {
    setOrDelete(next, 'status', structuredClone(old['status']));
  }
  const own = old.metadata;
  next.metadata = {
    ...wanted.metadata,
    uid: own.uid,
    resourceVersion: own.resourceVersion,
    creationTimestamp: wanted.metadata.creationTimestamp ?? own.creationTimestamp,
    ...(own.namespace !== undefined && { namespace: own.namespace }),
    ...copied('deletionTimestamp'),
    ...copied('deletionGracePeriodSeconds'),
  };
  delete next.metadata.generation;
  delete next.metadata.managedFields;
  if (own.generation !== undefined) next.metadata.generation = own.generation;
  return next;

  function copied(field: 'deletionTimestamp' | 'deletionGracePeriodSeconds') {
    const value = wanted.metadata[field] ?? own[field];
    return value === undefined ? {} : { [field]: value };
  }
}

function setOrDelete(object: StoredObject, field: string, value: unknown): void {
  if (value === undefined) delete object[field];
  else object[field] = value;
}

/** The last finalizer of an object about to go has been taken away: now it goes (ShouldDeleteDuringUpdate). */
function isLastStep(next: StoredObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = next.metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds > 0 || finalizers.length > 0) return false;
  const held =
    next.kind === 'Namespace' ? (next['spec'] as { finalizers?: string[] } | undefined)?.finalizers : [];
  return (held ?? []).length === 0;
}
