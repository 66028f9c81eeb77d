import { ExecError, run } from '../../lib/exec.ts';

export interface NftTable {
  readonly family: string;
  readonly name: string;
}

/** Those tables of IPv4 and IPv6 in this network namespace that have one of the names. Throws ExecError. */
export async function tablesNamed(names: readonly string[], signal?: AbortSignal): Promise<NftTable[]> {
  const possible = ['ip', 'ip6'].flatMap((family) => names.map((name) => ({ family, name })));
  const there = await Promise.all(possible.map((table) => isThere(table, signal)));
  return possible.filter((_, i) => there[i]);
}

/** By the check of a change to it: mode iptables has a hundred thousand rules at ten thousand Services, and a list takes 300 MB. */
function isThere({ family, name }: NftTable, signal?: AbortSignal): Promise<boolean> {
  return wouldWork(['add', 'chain', family, name, 'probe'], signal);
}

/**
 * Whether what these words change is there (10 ms, 5 MB): to list anything, nft 1.0.6 reads all elements or all rules of all tables first.
 * Throws ExecError for any other refusal.
 */
export async function wouldWork(words: readonly string[], signal?: AbortSignal): Promise<boolean> {
  try {
    await run('nft', ['--check', ...words], { signal, timeoutMs: 60_000 });
    return true;
  } catch (error) {
    if (error instanceof ExecError && error.stderr.includes('No such file or directory')) return false;
    throw error;
  }
}

/** One table without elements and handles, as text; undefined when there is no such table. */
export async function printTable(
  { family, name }: NftTable,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const text = `\n${await printRuleset(family, signal)}`;
  const from = text.indexOf(`\ntable ${family} ${name} {\n`);
  if (from < 0) return undefined;
  return text.slice(from + 1, text.indexOf('\n}\n', from) + 3);
}

/**
 * Not by `nft -t list table` or `list tables`: for these nft 1.0.6 reads all elements of all tables first, and forgets them (0.2 s and
 * 50 MB at ten thousand Services; this one takes 20 ms and 8 MB). Not as JSON either: there it prints what happens to be in memory for
 * the flags of a table, or nothing at all.
 */
async function printRuleset(family: string, signal?: AbortSignal): Promise<string> {
  return (await run('nft', ['-t', 'list', 'ruleset', family], { signal, timeoutMs: 60_000 })).stdout;
}
