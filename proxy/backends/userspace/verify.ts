import type { Contents } from './elements.ts';
import type { Seen } from './read.ts';

/** What differs between the kernel's table and what it should be, in words; undefined when nothing does. Pure. */
export function compare(
  seen: Seen | undefined,
  baseline: ReadonlySet<string>,
  wanted: Contents,
): string | undefined {
  if (!seen) return 'the table is missing';
  const lost = [...baseline].find((text) => !seen.objects.has(text));
  if (lost !== undefined) return `missing or changed: ${lost}`;
  const foreign = [...seen.objects].find((text) => !baseline.has(text));
  if (foreign !== undefined) return `not ours: ${foreign}`;
  for (const [set, elements] of seen.contents) {
    if (set.startsWith('__')) continue;
    const difference = compareSet(set, elements, wanted.get(set) ?? new Map());
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function compareSet(
  set: string,
  seen: ReadonlyMap<string, string | undefined>,
  wanted: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const should = new Map([...wanted].map(([key, value]) => [hostRange(key), value]));
  for (const [key, value] of seen) {
    if (!should.has(hostRange(key))) return `not ours: element ${key} of ${set}`;
    if (should.get(hostRange(key)) !== value) return `changed: element ${key} of ${set}`;
    should.delete(hostRange(key));
  }
  const [lost] = should.keys();
  return lost === undefined ? undefined : `missing: element ${lost} of ${set}`;
}

/** nft prints a range of one address without its prefix length. */
function hostRange(key: string): string {
  return key.replace(/\/(32|128)(?= )/, '');
}
