import { isAbort } from '../../lib/errors.ts';
import { isNotFound } from '../../lib/kube/api-error.ts';
import type { Client } from '../../lib/kube/client.ts';
import { type EventFields, type EventTarget, type EventType, newEvent } from '../../lib/kube/event.ts';
import { apiVersionOf, type Resource, resources } from '../../lib/kube/resources.ts';
import { timestamp } from '../../lib/kube/timestamp.ts';
import type { Log } from '../../lib/log.ts';
import { type AnyObject, nameOf, namespaceOf, uidOf } from './objects.ts';

export interface Recorder {
  /** Says what happened to an object; shown by `kubectl describe`. Never fails and never makes the caller wait. */
  event(about: About, type: EventType, reason: string, message: string): void;
  /** Resolves when everything recorded so far has been sent. */
  flush(): Promise<void>;
}

export interface About {
  resource: Resource;
  object: AnyObject;
}

interface Sent {
  name: string;
  count: number;
}

/** So many different events are remembered in order to count repetitions. */
const memory = 2048;

/** Writes core/v1 Events in the name of `component`. Repetitions raise the count of the first, as upstream does. */
export function createRecorder(options: {
  client: Client;
  component: string;
  log: Log;
  signal: AbortSignal;
}): Recorder {
  const sent = new Map<string, Sent>();
  let tail: Promise<void> = Promise.resolve();

  async function send(about: About, fields: EventFields): Promise<void> {
    const key = JSON.stringify([uidOf(about.object), nameOf(about.object), fields]);
    const before = sent.get(key);
    sent.delete(key);
    if (before && (await repeat(options, about, before))) {
      sent.set(key, { ...before, count: before.count + 1 });
      return;
    }
    const event = newEvent(targetOf(about), fields, { component: options.component });
    await options.client.create(resources.events, event, options);
    sent.set(key, { name: nameOf(event), count: 1 });
    const [oldest] = sent.keys();
    if (sent.size > memory && oldest !== undefined) sent.delete(oldest);
  }

  return {
    event(about, type, reason, message) {
      tail = tail
        .then(() => send(about, { type, reason, message }))
        .catch((error: unknown) => {
          if (!isAbort(error)) options.log.debug('could not record an event', { reason, error });
        });
    },
    flush: () => tail,
  };
}

async function repeat(
  { client, signal }: { client: Client; signal: AbortSignal },
  about: About,
  { name, count }: Sent,
): Promise<boolean> {
  const patch = { count: count + 1, lastTimestamp: timestamp(Date.now()) };
  try {
    const ref = { namespace: eventNamespace(about.object), name };
    await client.patch(resources.events, ref, patch, { type: 'merge', signal });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function targetOf({ resource, object }: About): EventTarget {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name: nameOf(object),
    namespace: namespaceOf(object),
    uid: uidOf(object),
    resourceVersion: object.metadata?.resourceVersion,
  };
}

/** Events about objects without a namespace live in `default`. */
function eventNamespace(object: AnyObject): string {
  return namespaceOf(object) || 'default';
}
