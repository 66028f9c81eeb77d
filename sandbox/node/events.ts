import { isNotFound } from '../../lib/kube/api-error.ts';
import type { Client } from '../../lib/kube/client.ts';
import { type EventFields, type EventTarget, type EventType, newEvent } from '../../lib/kube/event.ts';
import { resources } from '../../lib/kube/resources.ts';
import { timestamp } from '../../lib/kube/timestamp.ts';
import type { CoreV1Event, Wire } from '../../lib/kube/types.ts';
import type { Log } from '../../lib/log.ts';

type Event = Wire<CoreV1Event>;

export interface EventRecorder {
  record(about: EventTarget, type: EventType, reason: string, message: string): void;
  /** Resolves when all that was recorded so far has been sent. */
  flush(): Promise<void>;
}

/** How many different events are remembered, to count repetitions instead of writing new ones. */
const memory = 1000;

/** Writes events in the background, in order; the same event again only raises its count. Failures are logged, no more. */
export function createEventRecorder(client: Client, node: string, log: Log): EventRecorder {
  const source = { component: 'kubelet', host: node };
  const seen = new Map<string, Event>();
  let queue: Promise<void> = Promise.resolve();

  async function send(about: EventTarget, fields: EventFields): Promise<void> {
    const { type, reason, message } = fields;
    const key = JSON.stringify([about.uid, about.fieldPath, type, reason, message]);
    const before = seen.get(key);
    const again = before && (await repeat(client, before).catch(ignoreNotFound));
    const event = again ?? (await client.create(resources.events, newEvent(about, fields, source)));
    seen.delete(key);
    seen.set(key, event);
    const [oldest] = seen.keys();
    if (seen.size > memory && oldest !== undefined) seen.delete(oldest);
  }

  return {
    record(about, type, reason, message) {
      queue = queue
        .then(() => send(about, { type, reason, message }))
        .catch((error: unknown) => log.warn('event not recorded', { reason, object: about.name, error }));
    },
    flush: () => queue,
  };
}

function repeat(client: Client, event: Event): Promise<Event> {
  const { namespace, name = '' } = event.metadata;
  const patch = { count: (event.count ?? 1) + 1, lastTimestamp: timestamp(Date.now()) };
  return client.patch<Event>(resources.events, { namespace, name }, patch, { type: 'merge' });
}

function ignoreNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}
