import type { StoredObject } from '../kinds/kind.ts';

/** All objects of a kind in the order of their keys. */
export interface Table {
  get(key: string): StoredObject | undefined;
  /** Undefined removes the object. */
  set(key: string, object: StoredObject | undefined): void;
  /** All objects, in order. The same array until the next change. */
  all(): readonly StoredObject[];
  /** All objects in no particular order; an array of the caller's own. */
  values(): StoredObject[];
}

/** A table whose keys are kept sorted, so that neither a change nor a list has to sort. */
function createTable(): Table {
  const objects = new Map<string, StoredObject>();
  const keys: string[] = [];
  let snapshot: StoredObject[] | undefined;
  return {
    get: (key) => objects.get(key),
    set(key, object) {
      snapshot = undefined;
      const known = objects.has(key);
      if (object) {
        objects.set(key, object);
        if (!known) keys.splice(positionOf(keys, key), 0, key);
      } else if (known) {
        objects.delete(key);
        keys.splice(positionOf(keys, key), 1);
      }
    },
    all() {
      snapshot ??= keys.flatMap((key) => objects.get(key) ?? []);
      return snapshot;
    },
    values: () => [...objects.values()],
  };
}

/** Gives the table of a kind, and makes it when it is asked for first. */
export function createTables(): (plural: string) => Table {
  const tables = new Map<string, Table>();
  return (plural) => {
    const known = tables.get(plural);
    if (known) return known;
    const table = createTable();
    tables.set(plural, table);
    return table;
  };
}

/** The first position whose key is not smaller. */
function positionOf(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The key of an object in its table; cluster-wide ones have no namespace. */
export function tableKey(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** The object's key within its table. */
export function keyOfObject(object: StoredObject): string {
  return tableKey(object.metadata.namespace, object.metadata.name);
}
