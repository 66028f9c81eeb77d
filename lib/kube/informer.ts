import type { Log } from '../log.ts';
import type { Client } from './client.ts';
import { reflect } from './reflector.ts';
import type { Resource } from './resources.ts';
import type { KubeObject } from './types.ts';

export interface InformerOptions<T extends KubeObject> {
  client: Client;
  resource: Resource;
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  log: Log;
  signal: AbortSignal;
  /** Told of each key whose object came, changed or went. */
  onChange?: (key: string, now: T | undefined, before: T | undefined) => void;
}

/** A live, read-only copy of a kind's objects. Keys are `namespace/name`, or `name` for kinds without namespaces. */
export interface Informer<T extends KubeObject> {
  get(key: string): T | undefined;
  list(): T[];
  synced: Promise<void>;
  done: Promise<void>;
}

/** The key of an object in an informer. */
export function keyOf(object: KubeObject): string {
  const { namespace, name = '' } = object.metadata ?? {};
  return namespace ? `${namespace}/${name}` : name;
}

/** Starts a reflector that keeps a Map of the objects. */
export function inform<T extends KubeObject>(options: InformerOptions<T>): Informer<T> {
  let objects = new Map<string, T>();
  const tell = options.onChange ?? (() => {});
  const { synced, done } = reflect<T, T>({
    ...options,
    project: (object) => object,
    onList(items) {
      const before = objects;
      objects = new Map(items.map((item) => [keyOf(item), item]));
      for (const [key, object] of objects) {
        const old = before.get(key);
        if (old?.metadata?.resourceVersion !== object.metadata?.resourceVersion) tell(key, object, old);
      }
      for (const [key, old] of before) if (!objects.has(key)) tell(key, undefined, old);
    },
    onEvent(type, object) {
      const key = keyOf(object);
      const before = objects.get(key);
      if (type === 'DELETED') objects.delete(key);
      else objects.set(key, object);
      tell(key, type === 'DELETED' ? undefined : object, before);
    },
  });
  return { get: (key) => objects.get(key), list: () => [...objects.values()], synced, done };
}
