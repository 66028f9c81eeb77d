import type { NodeRecord, ServiceRecord, SliceRecord } from './records.ts';

/** What changed since the last look: keys of Services (`namespace/name`), or everything. */
export interface Dirty {
  readonly all: boolean;
  readonly services: ReadonlySet<string>;
  /** Trigger times of the slices that changed, in milliseconds since 1970. */
  readonly triggeredAt: readonly number[];
}

/**
 * The proxy's copy of the cluster. Events only replace records and note which Service they concern; whoever syncs takes the
 * notes and reads the records as they are then. So lost, doubled and merged events do no harm.
 */
export class Store {
  node: NodeRecord;
  #services = new Map<string, ServiceRecord>();
  /** By Service key, then by slice key. */
  #slices = new Map<string, Map<string, SliceRecord>>();
  /** Slice key to the key of the Service that it belongs to. */
  #home = new Map<string, string>();
  #dirty = new Set<string>();
  #all = true;
  #triggered: number[] = [];

  constructor(nodeName: string) {
    this.node = { name: nodeName, addresses: [], podCIDRs: [], zone: '', leaving: false };
  }

  services(): Iterable<[string, ServiceRecord]> {
    return this.#services;
  }

  service(key: string): ServiceRecord | undefined {
    return this.#services.get(key);
  }

  slicesOf(key: string): readonly SliceRecord[] {
    return [...(this.#slices.get(key)?.values() ?? [])];
  }

  /** Replaces the own Node. Returns whether anything that rules depend on has changed. */
  setNode(node: NodeRecord): boolean {
    const before = this.node;
    this.node = node;
    if (sameNode(before, node)) return false;
    this.#all = true;
    return true;
  }

  setService(key: string, record: ServiceRecord | undefined): void {
    if (record) this.#services.set(key, record);
    else if (!this.#services.delete(key)) return;
    this.#dirty.add(key);
  }

  replaceServices(records: ReadonlyMap<string, ServiceRecord>): void {
    this.#services = new Map(records);
    this.#all = true;
  }

  /** A slice that came, changed or went. Its Service label may have changed as well: it leaves the old Service first. */
  setSlice(key: string, record: SliceRecord | undefined): void {
    const before = this.#home.get(key);
    const home = record && serviceKeyOf(record);
    if (before !== undefined && before !== home) this.#removeSlice(before, key);
    if (!record || home === undefined) return;
    const slices = this.#slices.get(home) ?? new Map<string, SliceRecord>();
    slices.set(key, record);
    this.#slices.set(home, slices);
    this.#home.set(key, home);
    this.#dirty.add(home);
    if (record.triggeredAt !== undefined) this.#triggered.push(record.triggeredAt);
  }

  #removeSlice(home: string, key: string): void {
    this.#home.delete(key);
    this.#dirty.add(home);
    const slices = this.#slices.get(home);
    slices?.delete(key);
    if (slices?.size === 0) this.#slices.delete(home);
  }

  replaceSlices(records: ReadonlyMap<string, SliceRecord>): void {
    this.#slices = new Map();
    this.#home = new Map();
    for (const [key, record] of records) this.setSlice(key, { ...record, triggeredAt: undefined });
    this.#all = true;
  }

  /** Hands over what is noted and forgets it. */
  take(): Dirty {
    const taken = { all: this.#all, services: this.#dirty, triggeredAt: this.#triggered };
    this.#all = false;
    this.#dirty = new Set();
    this.#triggered = [];
    return taken;
  }
}

function serviceKeyOf(slice: SliceRecord): string {
  return `${slice.namespace}/${slice.service}`;
}

function sameNode(a: NodeRecord, b: NodeRecord): boolean {
  const lists = (node: NodeRecord) => [...node.addresses, '|', ...node.podCIDRs].join();
  return a.name === b.name && a.zone === b.zone && lists(a) === lists(b);
}
