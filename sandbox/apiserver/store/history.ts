import type { StoredObject } from '../kinds/kind.ts';

/** One change, as watches tell it. */
export interface StoreEvent {
  readonly plural: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  /** The new state; of a deleted object the last one, with the revision of its end. */
  readonly object: StoredObject;
  readonly previous: StoredObject | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const maxEvents = 10_000;
const maxAgeMs = 5 * 60_000;

/** The latest events, so that a watch can go on where an earlier one ended. */
export interface History {
  add(event: StoreEvent): void;
  /** The kind's events after a revision, oldest first; undefined when some of them are forgotten. */
  since(plural: string, revision: number): StoreEvent[] | undefined;
}

/** A history that knows everything after `revision`, until it forgets the oldest. */
export function createHistory(revision: number): History {
  let events: StoreEvent[] = [];
  let floor = revision;

  function trim(now: number): void {
    const old = events.findIndex((event) => event.at > now - maxAgeMs);
    const drop = Math.max(old, events.length - maxEvents);
    floor = events[drop - 1]?.revision ?? floor;
    events = events.slice(drop);
  }

  return {
    add(event) {
      events.push(event);
      const oldest = events[0]?.at ?? event.at;
      const slack = oldest < event.at - 1.2 * maxAgeMs || events.length > 1.2 * maxEvents;
      if (slack) trim(event.at);
    },
    since(plural, after) {
      if (after < floor) return undefined;
      const start = events.findIndex((event) => event.revision > after);
      return start < 0 ? [] : events.slice(start).filter((event) => event.plural === plural);
    },
  };
}
