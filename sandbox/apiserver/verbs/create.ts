import { randomInt, randomUUID } from 'node:crypto';
import type { Api } from '../api.ts';
import type { Kind, ObjectMeta, StoredObject } from '../kinds/kind.ts';
import { alreadyExists, badRequest, forbidden, internalError, invalid, notFound } from '../status.ts';
import type { Transaction } from '../store/transaction.ts';
import type { FieldError } from '../validation/field-error.ts';
import { validateObjectMeta } from '../validation/object-meta.ts';
import { contextFor, wireTime } from './context.ts';

export interface CreateRequest {
  readonly kind: Kind;
  readonly object: StoredObject;
  /** The namespace of the URL. */
  readonly namespace: string;
  readonly dryRun: boolean;
}

/** Stores a new object and resolves with it. Throws Refusal: 404 or 403 for its namespace, 409, 422. */
export function createObject(api: Api, request: CreateRequest): Promise<StoredObject> {
  const { kind, object, dryRun } = request;
  object.metadata.namespace = checkNamespace(kind, object.metadata, request.namespace);
  if (object.metadata.namespace === '') delete (object.metadata as Partial<ObjectMeta>).namespace;
  if (object.metadata.resourceVersion) {
    throw internalError('resourceVersion should not be set on objects to be created');
  }
  return api.store.write(
    (transaction) => {
      insert(api, transaction, request);
      return object;
    },
    { dryRun },
  );
}

function insert(api: Api, transaction: Transaction, { kind, object, dryRun }: CreateRequest): void {
  const context = contextFor(api, transaction, dryRun);
  requireNamespace(transaction, kind, object.metadata);
  fillMetadata(kind, object.metadata, transaction, context.now);
  kind.setDefaults?.(object);
  kind.prepareForCreate?.(object, context);
  const { namespaced, validateName: nameRule } = kind;
  refuse(kind, object, [
    ...validateObjectMeta(object.metadata, { namespaced, nameRule }),
    ...(kind.validate?.(object, context) ?? []),
  ]);
  refuse(kind, object, kind.allocate?.(object, undefined, context) ?? []);
  const { name, namespace } = object.metadata;
  if (transaction.get(kind.plural, namespace, name)) throw alreadyExists(kind, name);
  if (!dryRun) transaction.put(kind.plural, object);
}

/** Throws Refusal 422 when there are errors. */
export function refuse(kind: Kind, object: StoredObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors);
}

/** The object's namespace: the URL's. Throws Refusal 400 when the object names another. */
export function checkNamespace(kind: Kind, metadata: ObjectMeta, namespace: string): string {
  if (!kind.namespaced) return metadata.namespace ?? '';
  if (namespace === '') throw badRequest('an empty namespace may not be set during creation');
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return namespace;
}

/** Kubernetes' NamespaceLifecycle: nothing new in a namespace that is missing or about to go. */
function requireNamespace(transaction: Transaction, kind: Kind, { namespace, name }: ObjectMeta): void {
  if (!kind.namespaced || namespace === undefined) return;
  const found = transaction.get('namespaces', undefined, namespace);
  if (!found) throw notFound({ group: '', plural: 'namespaces' }, namespace);
  if (!found.metadata.deletionTimestamp) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const message = `namespace ${namespace} is being terminated`;
  throw forbidden(kind, name ?? '', why, [
    { reason: 'NamespaceTerminating', message, field: 'metadata.namespace' },
  ]);
}

function fillMetadata(kind: Kind, metadata: ObjectMeta, transaction: Transaction, now: number): void {
  const own: Partial<ObjectMeta> = metadata;
  delete own.deletionTimestamp;
  delete own.deletionGracePeriodSeconds;
  delete own.generation;
  delete own.resourceVersion;
  delete own.managedFields;
  if (!metadata.name && metadata.generateName) {
    const taken = (name: string) => transaction.get(kind.plural, metadata.namespace, name) !== undefined;
    metadata.name = generateName(metadata.generateName, taken);
  }
  metadata.uid = randomUUID();
  metadata.creationTimestamp = wireTime(now);
  if (kind.hasGeneration) metadata.generation = 1;
}

/** Without letters that make words, and at most 63 characters (k8s.io/apiserver/pkg/storage/names). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const maxBase = 58;

function generateName(base: string, taken: (name: string) => boolean): string {
  for (;;) {
    const suffix = Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
    const name = `${base.slice(0, maxBase)}${suffix}`;
    if (!taken(name)) return name;
  }
}
