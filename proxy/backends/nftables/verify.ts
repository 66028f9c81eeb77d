import { printTable } from '../nft-tables.ts';
import type { Element } from './elements.ts';
import { type Outline, outlineOf } from './outline.ts';
import { elementsIn, listTable, type NftObject } from './read.ts';
import type { At } from './text.ts';

/**
 * What differs between the kernel's table and what it should be, in words; undefined when nothing does. Chains and rules are
 * always compared, elements while there are few enough to read them often.
 */
export async function compare(
  at: At,
  outline: Outline,
  wanted: ReadonlyMap<string, readonly Element[]>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const text = await printTable({ family: at.ip, name: at.table }, signal);
  const seen = outlineOf(text ?? '');
  if (seen.size === 0) return `table ${at.ip} ${at.table} is missing`;
  const lost = [...outline.keys()].find((name) => !seen.has(name));
  if (lost !== undefined) return `missing: ${lost}`;
  const foreign = [...seen.keys()].find((name) => !outline.has(name));
  if (foreign !== undefined) return `not ours: ${foreign}`;
  const changed = [...outline].find(([name, lines]) => seen.get(name) !== lines);
  if (changed !== undefined) return `changed: ${changed[0]}`;
  const count = [...wanted.values()].reduce((sum, list) => sum + list.length, 0);
  if (count > readableElements) return undefined;
  const objects = await listTable(at.ip, at.table, signal);
  return differingElements(objects ?? [], wanted);
}

/** Listing so many takes about 0.1 s. */
const readableElements = 10_000;

/** Maps that the kernel's rules write. */
const notCompared = (name: string) => name.startsWith('affinity');

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
