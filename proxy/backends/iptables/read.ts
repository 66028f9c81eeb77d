import { runTool, type Tool } from './apply.ts';
import type { SharedRule } from './doors.ts';
import { jumps, type TableName } from './fixed.ts';

/** The kernel's rules: by table, the chains by name, each with its rules as printed, without `-A NAME`. */
export type Saved = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/**
 * Reads tables of the tool's family. Takes seconds when they are big: not for every sync. One by one, since the legacy program may
 * not list the tables' names in an ordinary user's namespace.
 */
export async function readAll(
  tool: Tool,
  signal?: AbortSignal,
  tables: readonly string[] = ['nat', 'filter'],
): Promise<Saved> {
  const parts = await Promise.all(tables.map((table) => readTable(tool, table, signal)));
  return new Map(parts.flatMap((part) => [...part]));
}

/**
 * With rules in it that only nft can express, iptables-nft shows nothing of a table, but still changes it and knows its own rules.
 * Then only our jumps are read, and all of our chains look as if they were missing.
 */
async function readTable(tool: Tool, table: string, signal?: AbortSignal): Promise<Saved> {
  const { stdout } = await runTool(tool, 'save', ['-t', table], { signal });
  if (!stdout.includes('is incompatible')) return parseSaved(stdout);
  const chains = new Map<string, string[]>();
  for (const jump of jumps()) {
    if (jump.table !== table || !(await hasRule(tool, jump, signal))) continue;
    chains.set(jump.chain, [...(chains.get(jump.chain) ?? []), jump.rule]);
  }
  return new Map([[table, chains]]);
}

/** Whether the rule is there, however the rest of its table looks. */
export async function hasRule(
  tool: Tool,
  { table, chain, rule }: SharedRule,
  signal?: AbortSignal,
): Promise<boolean> {
  const words = [...rule.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const args = ['-w', '-t', table, '-C', chain, ...words];
  return (await runTool(tool, 'iptables', args, { signal, okCodes: [0, 1, 2] })).exitCode === 0;
}

/** Reads one chain, which is quick whatever else is there; empty when it does not exist. */
export async function readChain(
  tool: Tool,
  table: TableName,
  chain: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const { stdout } = await runTool(tool, 'iptables', ['-w', '-t', table, '-S', chain], {
    signal,
    okCodes: [0, 1],
  });
  return stdout.split('\n').flatMap((line) => ruleOf(line, chain));
}

/** Reads the output of `iptables-save`. Pure. */
export function parseSaved(text: string): Saved {
  const tables = new Map<string, Map<string, string[]>>();
  let chains = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      chains = new Map();
      tables.set(line.slice(1), chains);
    } else if (line.startsWith(':')) {
      chains.set(line.slice(1, line.indexOf(' ')), []);
    } else if (line.startsWith('-A ')) {
      const end = line.indexOf(' ', 3);
      chains.get(line.slice(3, end))?.push(line.slice(end + 1));
    }
  }
  return tables;
}

function ruleOf(line: string, chain: string): string[] {
  const start = `-A ${chain} `;
  return line.startsWith(start) ? [line.slice(start.length)] : [];
}
