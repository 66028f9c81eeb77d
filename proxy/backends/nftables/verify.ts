import type { Element } from './elements.ts';
import { elementsIn, listTable, type NftObject } from './read.ts';

/** A table as the kernel showed it right after it was written: everything but elements and handles, as text. */
export interface Baseline {
  readonly objects: ReadonlySet<string>;
}

interface At {
  readonly ip: string;
  readonly table: string;
}

export async function takeBaseline(at: At, signal?: AbortSignal): Promise<Baseline> {
  const objects = await listTable(at.ip, at.table, { terse: true, signal });
  return { objects: new Set((objects ?? []).filter(isOurs).map(fingerprint)) };
}

/**
 * What differs between the kernel's table and what it should be, in words; undefined when nothing does. Chains and rules are
 * always compared, elements while there are few enough to read them often.
 */
export async function compare(
  at: At,
  baseline: Baseline,
  wanted: ReadonlyMap<string, readonly Element[]>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const count = [...wanted.values()].reduce((sum, list) => sum + list.length, 0);
  const terse = count > readableElements;
  const objects = await listTable(at.ip, at.table, { terse, signal });
  if (!objects?.some((object) => 'chain' in object)) return `table ${at.ip} ${at.table} is missing`;
  const seen = new Set(objects.filter(isOurs).map(fingerprint));
  const lost = [...baseline.objects].find((text) => !seen.has(text));
  if (lost !== undefined) return `missing or changed: ${lost}`;
  const foreign = [...seen].find((text) => !baseline.objects.has(text));
  if (foreign !== undefined) return `not ours: ${foreign}`;
  return terse ? undefined : differingElements(objects, wanted);
}

/** Listing so many takes about 0.1 s. */
const readableElements = 10_000;

function isOurs(object: NftObject): boolean {
  return 'chain' in object || 'rule' in object || 'set' in object || 'map' in object;
}

/** An object without what changes by itself: handles, and elements. */
function fingerprint(object: NftObject): string {
  return JSON.stringify(object, (key, value: unknown) => (changing.has(key) ? undefined : value));
}

const changing: ReadonlySet<string> = new Set(['handle', 'elem', 'index']);

/** Maps that the kernel's rules or the sync of chains write, and not the units. */
const notCompared = (name: string) =>
  name.startsWith('affinity') || name === 'classes' || name === 'node-ips';

function differingElements(
  objects: readonly NftObject[],
  wanted: ReadonlyMap<string, readonly Element[]>,
): string | undefined {
  for (const object of objects) {
    const name = String((object['set'] ?? object['map'])?.['name'] ?? '');
    if (name === '' || name.startsWith('__') || notCompared(name)) continue;
    const should = new Map((wanted.get(name) ?? []).map(({ key, value }) => [hostRange(key), value]));
    for (const { key, value } of elementsIn(object)) {
      if (!should.has(hostRange(key))) return `not ours: element ${key} of ${name}`;
      if (should.get(hostRange(key)) !== value) return `changed: element ${key} of ${name}`;
      should.delete(hostRange(key));
    }
    const [lost] = should.keys();
    if (lost !== undefined) return `missing: element ${lost} of ${name}`;
  }
  return undefined;
}

/** nft prints a range of one address without its prefix length. */
function hostRange(key: string): string {
  return key.replace(/\/(32|128)(?= )/, '');
}
