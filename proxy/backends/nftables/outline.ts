import { printTable } from '../nft-tables.ts';
import { applyTransaction } from './apply.ts';
import { dropTable } from './render.ts';

/** A table without its elements, as nft prints it: the lines of each chain, set and map, by kind and name. */
export type Outline = ReadonlyMap<string, string>;

/** Reads a table as `printTable` gives it. Pure. */
export function outlineOf(text: string): Outline {
  const blocks = text.matchAll(/^\t((?:chain|set|map) \S+) \{\n([\s\S]*?)^\t\}$/gm);
  return new Map([...blocks].map(([, name = '', lines = '']) => [name, lines]));
}

/**
 * How nft prints the table that texts make, which are carried out in this order. Its name must be `draftTable`; it is made under the
 * flag `dormant`, which keeps its chains from any effect, and then goes. What is live cannot serve for this: what somebody else
 * changed in it just before would pass for ours.
 */
export async function outlineOfTexts(
  ip: string,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Outline> {
  try {
    for (const text of texts) await applyTransaction(dormant(text), signal);
    return outlineOf((await printTable({ family: ip, name: draftTable }, signal)) ?? '');
  } finally {
    await applyTransaction(dropTable(ip, draftTable), signal);
  }
}

/** Not a name that notices of removals look for (proxy/notice.ts). */
export const draftTable = 'workshop-draft';

/** Each block names the flag, since a block without it would wake the table up. */
function dormant(text: string): string {
  return text.replaceAll(/^table ip6? workshop-draft \{$/gm, '$&\n  flags dormant;');
}
