import type { Client } from '../../lib/kube/client.ts';
import { type Informer, inform } from '../../lib/kube/informer.ts';
import type { Resource } from '../../lib/kube/resources.ts';
import type { Log } from '../../lib/log.ts';
import type { AnyObject } from './objects.ts';

export type Listener<T> = (key: string, now: T | undefined, before: T | undefined) => void;

/** An informer that several controllers listen to. */
export interface Store<T extends AnyObject> extends Informer<T> {
  readonly resource: Resource;
  /** To be called before the first object arrives, that is in the same turn as openStore. */
  subscribe(listener: Listener<T>): void;
  inNamespace(namespace: string): T[];
  /** The highest resource version seen so far. */
  version(): number;
}

/** Starts to watch a kind. */
export function openStore<T extends AnyObject>(
  resource: Resource,
  options: { client: Client; log: Log; signal: AbortSignal },
): Store<T> {
  const listeners: Listener<T>[] = [];
  const namespaces = new Map<string, Map<string, T>>();
  let version = 0;
  const informer = inform<T>({
    ...options,
    resource,
    onChange(key, now, before) {
      version = Math.max(version, versionOf(now ?? before));
      index(namespaces, key, now);
      for (const listener of listeners) listener(key, now, before);
    },
  });
  return {
    ...informer,
    resource,
    subscribe: (listener) => listeners.push(listener),
    inNamespace: (namespace) => [...(namespaces.get(namespace)?.values() ?? [])],
    version: () => version,
  };
}

/**
 * Resource versions of one kind may be compared as numbers: guaranteed for every API server since Kubernetes 1.35
 * (KEP-5504) and true of etcd before.
 */
export function versionOf(object: AnyObject | undefined): number {
  return Number(object?.metadata?.resourceVersion ?? 0);
}

function index<T>(namespaces: Map<string, Map<string, T>>, key: string, now: T | undefined): void {
  const namespace = key.slice(0, Math.max(0, key.indexOf('/')));
  const objects = namespaces.get(namespace) ?? new Map<string, T>();
  if (now) objects.set(key, now);
  else objects.delete(key);
  if (objects.size > 0) namespaces.set(namespace, objects);
  else namespaces.delete(namespace);
}
