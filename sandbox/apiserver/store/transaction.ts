import type { StoredObject } from '../kinds/kind.ts';
import type { StoreEvent } from './history.ts';
import { keyOfObject, type Table, tableKey } from './table.ts';

/** What a change to the store may read and do. Nothing of it is seen outside before it is on disk. */
export interface Transaction {
  get(plural: string, namespace: string | undefined, name: string): StoredObject | undefined;
  /** In no particular order. */
  find(plural: string, namespace?: string): readonly StoredObject[];
  /** Stores the object and gives it its resourceVersion. */
  put(plural: string, object: StoredObject): void;
  /** Removes the object; returns its last state, with the revision of its end. */
  remove(plural: string, object: StoredObject): StoredObject;
}

/** The changes that a group of transactions wants, over what is stored already. */
export interface Overlay extends Transaction {
  readonly events: StoreEvent[];
  readonly revision: number;
  /** Forgets everything since `mark`. */
  rollback(mark: number): void;
  mark(): number;
}

/** Collects changes on top of `tables`; `revision` is the last one given out. */
export function createOverlay(
  tableOf: (plural: string) => Table,
  revision: number,
  now: () => number,
): Overlay {
  const events: StoreEvent[] = [];
  let staged = new Map<string, StoredObject | undefined>();
  /** What `find` has put together, for as long as it holds: thousands of Services are made in a row. */
  const found = new Map<string, StoredObject[]>();

  const pathOf = (plural: string, key: string) => `${plural}!${key}`;

  function current(plural: string, key: string): StoredObject | undefined {
    const path = pathOf(plural, key);
    return staged.has(path) ? staged.get(path) : tableOf(plural).get(key);
  }

  function stage(event: StoreEvent): void {
    events.push(event);
    const object = event.type === 'DELETED' ? undefined : event.object;
    staged.set(pathOf(event.plural, keyOfObject(event.object)), object);
    if (event.type === 'ADDED') found.get(event.plural)?.push(event.object);
    else found.delete(event.plural);
  }

  function next(object: StoredObject): StoredObject {
    object.metadata.resourceVersion = String(revision + events.length + 1);
    return object;
  }

  return {
    events,
    get revision() {
      return revision + events.length;
    },
    get: (plural, namespace, name) => current(plural, tableKey(namespace, name)),
    find(plural, namespace) {
      const all = found.get(plural) ?? gather(plural);
      return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
    },
    put(plural, object) {
      const previous = current(plural, keyOfObject(object));
      const type = previous ? 'MODIFIED' : 'ADDED';
      const stored = next(object);
      stage({ plural, type, revision: revision + events.length + 1, object: stored, previous, at: now() });
    },
    remove(plural, object) {
      const previous = current(plural, keyOfObject(object));
      const last = next({ ...object, metadata: { ...object.metadata } });
      const at = now();
      stage({ plural, type: 'DELETED', revision: revision + events.length + 1, object: last, previous, at });
      return last;
    },
    mark: () => events.length,
    rollback(mark) {
      const kept = events.slice(0, mark);
      events.length = 0;
      staged = new Map();
      found.clear();
      for (const event of kept) stage(event);
    },
  };

  function gather(plural: string): StoredObject[] {
    const own = events.filter((event) => event.plural === plural);
    const replaced = new Set(own.map(({ previous }) => previous));
    const fresh = own.filter(
      ({ type, object }) => type !== 'DELETED' && current(plural, keyOfObject(object)) === object,
    );
    const rest = tableOf(plural)
      .values()
      .filter((object) => !replaced.has(object));
    const all = [...rest, ...fresh.map(({ object }) => object)];
    found.set(plural, all);
    return all;
  }
}
