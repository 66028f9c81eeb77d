import { applyInPieces, applyTransaction, type Script } from './apply.ts';
import { printTable } from './read.ts';
import { dropTable } from './render.ts';

/** A table without its elements, as nft prints it: the lines of each chain, set and map, by kind and name. */
export type Outline = ReadonlyMap<string, string>;

/** Reads what `nft -t list table` printed. Pure. */
export function outlineOf(text: string): Outline {
  const blocks = text.matchAll(/^\t((?:chain|set|map) \S+) \{\n([\s\S]*?)^\t\}$/gm);
  return new Map([...blocks].map(([, name = '', lines = '']) => [name, lines]));
}

/**
 * How nft prints the table that a script makes. The script, whose table must be `draftTable`, is carried out under the flag
 * `dormant`, which keeps its chains from any effect; then the table goes. What is live cannot serve for this: what somebody
 * else changed in it just before would pass for ours.
 */
export async function outlineOfScript(ip: string, script: Script, signal?: AbortSignal): Promise<Outline> {
  const { prepare, pieces, commit } = script;
  const sleeping = { prepare: dormant(prepare), pieces: pieces.map(dormant), commit: dormant(commit) };
  try {
    await applyInPieces(sleeping, signal);
    return outlineOf((await printTable(ip, draftTable, signal)) ?? '');
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
