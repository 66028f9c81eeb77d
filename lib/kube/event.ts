import { timestamp } from './timestamp.ts';
import type { CoreV1Event, Wire } from './types.ts';

/** The object that an event is about, as `involvedObject` names it. */
export interface EventTarget {
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  /** Of an object without one the event is in `default`. */
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  /** `spec.containers{name}` */
  readonly fieldPath?: string | undefined;
}

export type EventType = 'Normal' | 'Warning';

export interface EventFields {
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
}

/** Who says it: a component, and the node that it runs on where that matters. */
export interface EventSource {
  readonly component: string;
  readonly host?: string;
}

/** A core/v1 Event that was seen once, now. */
export function newEvent(about: EventTarget, fields: EventFields, source: EventSource): Wire<CoreV1Event> {
  const now = timestamp(Date.now());
  return {
    metadata: { name: `${about.name}.${nextSuffix()}`, namespace: about.namespace || 'default' },
    involvedObject: Object.fromEntries(
      Object.entries(about).filter(([, value]) => value !== undefined && value !== ''),
    ),
    ...fields,
    source: { ...source },
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}

let lastSuffix = 0n;

/** The time in nanoseconds as hexadecimal digits, as client-go has it; never the same twice in a process. */
function nextSuffix(): string {
  const now = BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);
  lastSuffix = now > lastSuffix ? now : lastSuffix + 1n;
  return lastSuffix.toString(16);
}
