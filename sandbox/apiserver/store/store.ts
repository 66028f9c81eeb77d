import type { StoredObject } from '../kinds/kind.ts';
import type { Change, Disk } from './disk.ts';
import { createHistory, type StoreEvent } from './history.ts';
import { createTables, keyOfObject, type Table, tableKey } from './table.ts';
import { createOverlay, type Overlay, type Transaction } from './transaction.ts';

/** The objects of the cluster. Objects that it hands out are shared: nobody changes them in place. */
export interface Store {
  /** The revision of the last change. */
  readonly revision: number;
  get(plural: string, namespace: string | undefined, name: string): StoredObject | undefined;
  /** All objects of a kind, ordered by namespace and name. */
  all(plural: string): readonly StoredObject[];
  /** As `all` was at a revision; undefined when that is forgotten. */
  allAt(plural: string, revision: number): readonly StoredObject[] | undefined;
  /**
   * Runs `change` and resolves with what it returns once everything it did is on disk. Changes run one after another;
   * those that wait together share one disk write. When `change` throws, or in a dry run, nothing is kept.
   */
  write<T>(change: (transaction: Transaction) => T, options?: { dryRun?: boolean }): Promise<T>;
  /** Tells of every later change of a kind, after those since `revision`; undefined when these are forgotten. */
  subscribe(
    plural: string,
    revision: number,
    listener: (event: StoreEvent) => void,
  ): { past: StoreEvent[]; end: () => void } | undefined;
  close(): Promise<void>;
}

interface Pending {
  readonly change: (transaction: Transaction) => unknown;
  readonly dryRun: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The store over what `disk` holds. */
export async function openStore(disk: Disk, now: () => number = Date.now): Promise<Store> {
  const tableOf = createTables();
  const listeners = new Map<string, Set<(event: StoreEvent) => void>>();
  const loaded = await disk.load();
  for (const { plural, key, object } of loaded.objects) tableOf(plural).set(key, object);
  let revision = Math.max(loaded.revision, 1);
  const history = createHistory(revision);
  let queue: Pending[] = [];
  let writing: Promise<void> | undefined;
  let doubtful: Doubtful = new Map();

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const group = queue;
      queue = [];
      await runGroup(group);
    }
    writing = undefined;
  }

  async function runGroup(group: readonly Pending[]): Promise<void> {
    const overlay = createOverlay(tableOf, revision, now);
    const done = group.flatMap((pending) => attempt(overlay, pending));
    const changes = finalChanges(overlay.events);
    try {
      if (changes.length > 0)
        await disk.commit([...repairs(doubtful, changes, tableOf), ...changes], overlay.revision);
      if (changes.length > 0) doubtful = new Map();
    } catch (error) {
      for (const { plural, key } of changes) doubtful.set(`${plural}!${key}`, { plural, key });
      for (const { reject } of done) reject(error);
      return;
    }
    publish(overlay.events);
    for (const { settle } of done) settle();
  }

  function publish(events: readonly StoreEvent[]): void {
    for (const event of events) {
      tableOf(event.plural).set(
        keyOfObject(event.object),
        event.type === 'DELETED' ? undefined : event.object,
      );
      revision = event.revision;
      history.add(event);
      for (const listener of listeners.get(event.plural) ?? []) listener(event);
    }
  }

  return {
    get revision() {
      return revision;
    },
    get: (plural, namespace, name) => tableOf(plural).get(tableKey(namespace, name)),
    all: (plural) => tableOf(plural).all(),
    allAt(plural, at) {
      const events = history.since(plural, at);
      return events && rewind(tableOf(plural).all(), events);
    },
    write<T>(change: (transaction: Transaction) => T, { dryRun = false } = {}) {
      return new Promise<T>((resolve, reject) => {
        queue.push({ change, dryRun, resolve: resolve as (value: unknown) => void, reject });
        writing ??= Promise.resolve().then(drain);
      });
    },
    subscribe(plural, since, listener) {
      const past = history.since(plural, since);
      if (!past) return undefined;
      const group = listeners.get(plural) ?? new Set();
      listeners.set(plural, group.add(listener));
      return { past, end: () => void group.delete(listener) };
    },
    async close() {
      await writing;
      await disk.close();
    },
  };
}

/** What a failed write may have left on disk, by path. */
type Doubtful = Map<string, Pick<Change, 'plural' | 'key'>>;

/** Changes that set what a failed write may have left to what is true. */
function repairs(
  doubtful: Doubtful,
  changes: readonly Change[],
  tableOf: (plural: string) => Table,
): Change[] {
  const paths = new Set(changes.map(({ plural, key }) => `${plural}!${key}`));
  const rest = [...doubtful].filter(([path]) => !paths.has(path));
  return rest.map(([, { plural, key }]) => ({ plural, key, object: tableOf(plural).get(key) }));
}

/** Runs one change; what a failed or dry one did is taken back at once. */
function attempt(
  overlay: Overlay,
  { change, dryRun, resolve, reject }: Pending,
): { settle: () => void; reject: (reason: unknown) => void }[] {
  const mark = overlay.mark();
  try {
    const value = change(overlay);
    if (dryRun) overlay.rollback(mark);
    return [{ settle: () => resolve(value), reject }];
  } catch (error) {
    overlay.rollback(mark);
    reject(error);
    return [];
  }
}

function finalChanges(events: readonly StoreEvent[]): Change[] {
  const last = new Map<string, Change>();
  for (const { plural, type, object } of events) {
    const key = keyOfObject(object);
    last.set(`${plural}!${key}`, { plural, key, object: type === 'DELETED' ? undefined : object });
  }
  return [...last.values()];
}

/** Undoes events, the latest first. */
function rewind(objects: readonly StoredObject[], events: readonly StoreEvent[]): StoredObject[] {
  const state = new Map(objects.map((object) => [keyOfObject(object), object]));
  for (const { object, previous } of events.toReversed()) {
    if (previous) state.set(keyOfObject(previous), previous);
    else state.delete(keyOfObject(object));
  }
  const keyed = [...state].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return keyed.map(([, object]) => object);
}
