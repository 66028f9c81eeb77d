import { setTimeout as delay } from 'node:timers/promises';
import { isAbort } from '../errors.ts';
import type { Log } from '../log.ts';
import { isExpired } from './api-error.ts';
import type { Client } from './client.ts';
import type { Resource } from './resources.ts';
import type { KubeObject, WatchEventType } from './types.ts';
import { watchEvents } from './watch-stream.ts';

export interface ReflectorOptions<T extends KubeObject, U> {
  client: Client;
  resource: Resource;
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Keeps of each object only what is needed, before the next one is read. */
  project: (object: T) => U;
  /** All objects there are, after each complete list. */
  onList: (objects: U[]) => void;
  onEvent: (type: WatchEventType, object: U) => void;
  log: Log;
  signal: AbortSignal;
  /** Delay before the attempt number `failures` (from 1), in milliseconds. Default: jittered, 0.1 s doubling to 10 s. */
  backoffMs?: (failures: number) => number;
}

export interface Reflector {
  /** Resolves after the first complete list. Rejects with the signal's reason if it is aborted before. */
  synced: Promise<void>;
  /** Resolves when the loop has ended, which only the signal brings about. */
  done: Promise<void>;
}

const pageSize = 500;

/**
 * Keeps the caller informed of every object of a kind: list, then watch from there, for ever. When a watch ends it goes on
 * from the last resource version; when that is gone (410) it lists again; failures are retried with back-off.
 * What a handler throws ends the loop: it is a fault of the handler.
 */
export function reflect<T extends KubeObject, U>(options: ReflectorOptions<T, U>): Reflector {
  const { promise: synced, resolve, reject } = deferred();
  const done = loop(options, resolve).catch((error: unknown) => {
    reject(error);
    if (!options.signal.aborted) throw error;
  });
  synced.catch(() => {});
  return { synced, done };
}

async function loop<T extends KubeObject, U>(
  options: ReflectorOptions<T, U>,
  onSynced: () => void,
): Promise<void> {
  const { signal, log } = options;
  const backoff = options.backoffMs ?? defaultBackoffMs;
  let version: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await listAll(options);
        version = list.version;
        handle(() => options.onList(list.objects));
        onSynced();
      }
      const started = performance.now();
      for await (const next of follow(options, version)) {
        version = next;
        failures = 0;
      }
      if (performance.now() - started > 1000) failures = 0;
      else await delay(backoff(++failures), undefined, { signal });
    } catch (error) {
      if (error instanceof HandlerFault) throw error.cause;
      if (signal.aborted || isAbort(error)) break;
      if (isExpired(error)) version = undefined;
      failures++;
      log.warn('watch interrupted', {
        resource: options.resource.plural,
        error,
        failures,
        relist: version === undefined,
      });
      await delay(backoff(failures), undefined, { signal }).catch(() => {});
    }
  }
  signal.throwIfAborted();
}

async function listAll<T extends KubeObject, U>(
  options: ReflectorOptions<T, U>,
): Promise<{ objects: U[]; version: string }> {
  const objects: U[] = [];
  let next: string | undefined;
  let version = '0';
  do {
    const page = await options.client.list<T>(options.resource, {
      ...options,
      limit: pageSize,
      continue: next,
    });
    for (const item of page.items) objects.push(handle(() => options.project(item)));
    version = page.metadata.resourceVersion ?? version;
    next = page.metadata.continue || undefined;
  } while (next !== undefined);
  return { objects, version };
}

/** Hands each event of one watch to the caller; yields the resource version it has brought. */
async function* follow<T extends KubeObject, U>(
  options: ReflectorOptions<T, U>,
  resourceVersion: string,
): AsyncGenerator<string> {
  const timeoutSeconds = 300 + Math.floor(Math.random() * 300);
  const response = await options.client.watch(options.resource, {
    ...options,
    resourceVersion,
    timeoutSeconds,
  });
  for await (const event of watchEvents<T>(response)) {
    const { type, object } = event;
    if (type !== 'BOOKMARK') handle(() => options.onEvent(type, options.project(object)));
    if (object.metadata?.resourceVersion) yield object.metadata.resourceVersion;
  }
}

class HandlerFault extends Error {}

function handle<R>(call: () => R): R {
  try {
    return call();
  } catch (error) {
    throw new HandlerFault('a handler threw', { cause: error });
  }
}

function defaultBackoffMs(failures: number): number {
  return Math.min(10_000, 100 * 2 ** Math.min(failures - 1, 10)) * (0.75 + Math.random() / 2);
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (reason: unknown) => void } {
  let resolve: () => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<void>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}
