import { isNotFound } from '../../lib/kube/api-error.ts';
import type { Client } from '../../lib/kube/client.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { CoreV1Event, Wire } from '../../lib/kube/types.ts';
import type { Log } from '../../lib/log.ts';

type Event = Wire<CoreV1Event>;

/** The object that an event is about. */
export interface EventTarget {
  kind: string;
  apiVersion: string;
  name: string;
  namespace?: string | undefined;
  uid?: string | undefined;
  resourceVersion?: string | undefined;
  /** `spec.containers{name}` */
  fieldPath?: string | undefined;
}

export interface EventRecorder {
  record(about: EventTarget, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Resolves when all that was recorded so far has been sent. */
  flush(): Promise<void>;
}

/** How many different events are remembered, to count repetitions instead of writing new ones. */
const memory = 1000;

/** Writes events in the background, in order; the same event again only raises its count. Failures are logged, no more. */
export function createEventRecorder(client: Client, node: string, log: Log): EventRecorder {
  const seen = new Map<string, Event>();
  let queue: Promise<void> = Promise.resolve();

  async function send(about: EventTarget, type: string, reason: string, message: string): Promise<void> {
    const key = JSON.stringify([about.uid, about.fieldPath, type, reason, message]);
    const before = seen.get(key);
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const again = before && (await repeat(client, before, now).catch(ignoreNotFound));
    const event =
      again ?? (await client.create(resources.events, newEvent({ about, type, reason, message, now, node })));
    seen.delete(key);
    seen.set(key, event);
    const [oldest] = seen.keys();
    if (seen.size > memory && oldest !== undefined) seen.delete(oldest);
  }

  return {
    record(about, type, reason, message) {
      queue = queue
        .then(() => send(about, type, reason, message))
        .catch((error: unknown) => log.warn('event not recorded', { reason, object: about.name, error }));
    },
    flush: () => queue,
  };
}

function repeat(client: Client, event: Event, now: string): Promise<Event> {
  const { namespace, name = '' } = event.metadata;
  const patch = { count: (event.count ?? 1) + 1, lastTimestamp: now };
  return client.patch<Event>(resources.events, { namespace, name }, patch, { type: 'merge' });
}

function newEvent(fields: {
  about: EventTarget;
  type: string;
  reason: string;
  message: string;
  now: string;
  node: string;
}): Event {
  const { about, type, reason, message, now, node } = fields;
  const namespace = about.namespace ?? 'default';
  return {
    metadata: { name: `${about.name}.${nextSuffix()}`, namespace },
    involvedObject: withoutUndefined({ ...about }),
    type,
    reason,
    message,
    source: { component: 'kubelet', host: node },
    reportingComponent: 'kubelet',
    reportingInstance: node,
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}

let lastSuffix = 0n;

/** The time in nanoseconds, in hexadecimal, always a later one: lists are in the order of names, hence of time. */
function nextSuffix(): string {
  const now = BigInt(Date.now()) * 1_000_000n;
  lastSuffix = now > lastSuffix ? now : lastSuffix + 1n;
  return lastSuffix.toString(16);
}

function withoutUndefined(target: EventTarget): Event['involvedObject'] {
  return Object.fromEntries(Object.entries(target).filter(([, value]) => value !== undefined));
}

function ignoreNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}
