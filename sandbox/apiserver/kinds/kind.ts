import type { FieldError } from '../validation/field-error.ts';

/** A decoded object: checked against the schema of its kind, times as strings. */
export interface StoredObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: unknown[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** One column of `kubectl get`, as in a `Table`'s columnDefinitions. */
export interface Column<T> {
  name: string;
  type: 'string' | 'integer' | 'date';
  format?: string;
  description: string;
  /** 0 is shown always, 1 by `-o wide` alone. */
  priority: 0 | 1;
  /** The cell; `now` is the server's time in milliseconds since 1970. */
  cell(object: T, now: number): string | number | null;
}

/** What a kind's rules may ask of the server. Everything else they know comes from the object alone. */
export interface KindContext {
  /** Server time, milliseconds since 1970. */
  readonly now: number;
  readonly dryRun: boolean;
  readonly config: ServerConfig;
  /** Objects of any registered kind, by its plural: `find('services')`. */
  find(plural: string, namespace?: string): readonly StoredObject[];
}

export interface ServerConfig {
  readonly serviceClusterIPRange: string;
  /** Both ends belong to the range. */
  readonly serviceNodePortRange: readonly [first: number, last: number];
}

/**
 * A kind of object, as data and pure rules; one file each. The generic path calls them in this order:
 * create: setDefaults → prepareForCreate → validate → allocate → store;
 * update: setDefaults → prepareForUpdate → validateUpdate → allocate → store;
 * status: setDefaults → prepareForStatusUpdate → validateStatusUpdate, or validateUpdate without one → store.
 * The generic path checks the metadata (validation/object-meta.ts: `validateObjectMeta` on create,
 * `validateObjectMetaUpdate` on update) and puts those errors in front of what `validate…` returns: these see
 * everything but the metadata. `allocate` runs in a dry run too, because it fills fields the caller wants to see.
 * `set…` and `prepare…` change the object in place (it is a copy of the caller's own).
 */
export interface Kind<T extends StoredObject = StoredObject> {
  readonly group: string;
  readonly version: 'v1';
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Its name among client-node's generated models: `V1Service`. */
  readonly model: string;
  readonly subresources: readonly string[];
  readonly columns: readonly Column<T>[];
  /** Field selectors besides metadata.name and metadata.namespace: path → value. */
  readonly selectable: Readonly<Record<string, (object: T) => string>>;
  /** How names are checked; the reason when one is bad. Default: a DNS-1123 subdomain. */
  validateName?(name: string): string[];
  /** True when spec changes count up `metadata.generation`. */
  readonly hasGeneration: boolean;
  setDefaults?(object: T): void;
  prepareForCreate?(object: T, context: KindContext): void;
  validate?(object: T, context: KindContext): FieldError[];
  prepareForUpdate?(object: T, old: T, context: KindContext): void;
  validateUpdate?(object: T, old: T, context: KindContext): FieldError[];
  prepareForStatusUpdate?(object: T, old: T, context: KindContext): void;
  validateStatusUpdate?(object: T, old: T, context: KindContext): FieldError[];
  /**
   * Takes what is unique in the cluster (cluster IP, node port), in place. `old` is undefined on create.
   * Runs inside the store's writer, one at a time, so that what `find` shows cannot change meanwhile.
   */
  allocate?(object: T, old: T | undefined, context: KindContext): FieldError[];
  /**
   * True when the change counts up `metadata.generation`; asked on every update of a kind that has one.
   * Without it: when anything but metadata and status changed.
   */
  changesGeneration?(object: T, old: T): boolean;
  /** Sentences for `Warning:` headers of an accepted create or update. */
  warnings?(object: T, old: T | undefined): string[];
  /** Seconds of grace when one is deleted without saying; undefined: gone at once. Pods alone have it. */
  gracePeriodSeconds?(object: T): number;
}
