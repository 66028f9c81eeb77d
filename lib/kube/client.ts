import type { IncomingMessage } from 'node:http';
import type { Credentials } from './credentials.ts';
import { apiVersionOf, pathOf, type Resource } from './resources.ts';
import { createTransport } from './transport.ts';
import type { KubeList, KubeObject } from './types.ts';

export interface ObjectRef {
  namespace?: string | undefined;
  name: string;
}

export interface ListOptions {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  limit?: number | undefined;
  continue?: string | undefined;
  resourceVersion?: string | undefined;
}

export interface WatchOptions extends Omit<ListOptions, 'limit' | 'continue'> {
  /** After so long the server ends the watch by itself. */
  timeoutSeconds?: number | undefined;
}

export type PatchType = 'json' | 'merge' | 'strategic-merge' | 'apply';

interface Common {
  signal?: AbortSignal | undefined;
}

export interface GetOptions extends Common {
  /** `0`: as the API server has it in memory, which may be a little old, and costs etcd nothing. */
  resourceVersion?: string | undefined;
}

export interface WriteOptions extends Common {
  subresource?: string | undefined;
  /** Sent as `dryRun=All`. */
  dryRun?: boolean | undefined;
  fieldManager?: string | undefined;
}

export interface DeleteOptions extends Common {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  gracePeriodSeconds?: number | undefined;
  /** Refuse unless the object still has this uid. */
  uid?: string | undefined;
}

/** Typed access to the API. Every method throws ApiError when the server refuses, a system error when it is away. */
export interface Client {
  readonly credentials: Credentials;
  get<T extends KubeObject>(resource: Resource, ref: ObjectRef, options?: GetOptions): Promise<T>;
  list<T extends KubeObject>(resource: Resource, options?: ListOptions & Common): Promise<KubeList<T>>;
  create<T extends KubeObject>(resource: Resource, object: T, options?: WriteOptions): Promise<T>;
  replace<T extends KubeObject>(resource: Resource, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(
    resource: Resource,
    ref: ObjectRef,
    patch: unknown,
    options: WriteOptions & { type: PatchType; force?: boolean },
  ): Promise<T>;
  delete(resource: Resource, ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  /** Deletes every object of a kind in a namespace. */
  deleteCollection(resource: Resource, options: { namespace: string } & Common): Promise<void>;
  /** Creates something below an object (`eviction`, `binding`). */
  post<T>(resource: Resource, ref: ObjectRef, subresource: string, body: unknown): Promise<T>;
  /** The open stream of a watch: one JSON object a line. */
  watch(resource: Resource, options: WatchOptions & Common): Promise<IncomingMessage>;
  /** GET of any path, as text: `/readyz`, `/version`, a pod's `log`. */
  raw(path: string, options?: Common & { accept?: string }): Promise<string>;
  close(): void;
}

/** The watch is taken for dead when nothing, not even a bookmark, came for so long. */
const watchIdleMs = 150_000;

/** A client for one API server; it keeps connections until `close`. Its calls throw ApiError for what the server refuses. */
export function createClient(credentials: Credentials): Client {
  const transport = createTransport(credentials);

  async function json<T>(method: string, path: string, body?: unknown, extra: Extra = {}): Promise<T> {
    const text = await transport.text({
      method,
      path,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      contentType: extra.contentType,
      signal: extra.signal,
    });
    return JSON.parse(text) as T;
  }

  return {
    credentials,
    get: (resource, ref, { resourceVersion, signal } = {}) => {
      return json('GET', pathOf(resource, ref) + query({ resourceVersion }), undefined, { signal });
    },
    list: (resource, options = {}) => {
      return json('GET', pathOf(resource, options) + query({ ...listQuery(options) }), undefined, options);
    },
    create: (resource, object, options = {}) => {
      const path = pathOf(resource, { namespace: object.metadata?.namespace });
      return json('POST', path + writeQuery(options), typed(resource, object), options);
    },
    replace: (resource, object, options = {}) => {
      const at = { ...refOf(object), subresource: options.subresource };
      return json('PUT', pathOf(resource, at) + writeQuery(options), typed(resource, object), options);
    },
    patch: (resource, ref, patch, options) => {
      const path = pathOf(resource, { ...ref, subresource: options.subresource });
      const contentType = `application/${options.type}-patch+${options.type === 'apply' ? 'yaml' : 'json'}`;
      const force = options.force ? 'true' : undefined;
      return json('PATCH', path + writeQuery(options, { force }), patch, { ...options, contentType });
    },
    async delete(resource, ref, { uid, signal, ...options } = {}) {
      const body = {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...options,
        ...(uid && { preconditions: { uid } }),
      };
      await json('DELETE', pathOf(resource, ref), body, { signal });
    },
    async deleteCollection(resource, { namespace, signal }) {
      await json('DELETE', pathOf(resource, { namespace }), undefined, { signal });
    },
    post: (resource, ref, subresource, body) => json('POST', pathOf(resource, { ...ref, subresource }), body),
    watch: (resource, { signal, ...options }) => {
      const search = query({ ...listQuery(options), watch: '1', allowWatchBookmarks: 'true' });
      return transport.open({
        method: 'GET',
        path: pathOf(resource, options) + search,
        signal,
        idleMs: watchIdleMs,
      });
    },
    raw: (path, options = {}) => transport.text({ method: 'GET', path, accept: '*/*', ...options }),
    close: () => transport.close(),
  };
}

interface Extra extends Common {
  contentType?: string | undefined;
}

function typed<T extends KubeObject>(resource: Resource, object: T): T {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function refOf(object: KubeObject): ObjectRef {
  return { namespace: object.metadata?.namespace, name: object.metadata?.name ?? '' };
}

function listQuery(
  options: ListOptions & { timeoutSeconds?: number | undefined },
): Record<string, string | undefined> {
  return {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    limit: options.limit?.toString(),
    continue: options.continue,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: options.timeoutSeconds?.toString(),
  };
}

function writeQuery(options: WriteOptions, more: Record<string, string | undefined> = {}): string {
  return query({ dryRun: options.dryRun ? 'All' : undefined, fieldManager: options.fieldManager, ...more });
}

function query(parameters: Record<string, string | undefined>): string {
  const present = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return present.length === 0 ? '' : `?${new URLSearchParams(present)}`;
}
