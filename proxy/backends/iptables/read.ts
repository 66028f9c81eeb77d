import { runTool, type Tool } from './apply.ts';
import type { TableName } from './fixed.ts';

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
  const texts = await Promise.all(tables.map((table) => runTool(tool, 'save', ['-t', table], { signal })));
  return parseSaved(texts.map(({ stdout }) => stdout).join(''));
}

/** Reads one chain, which is quick whatever else is there; undefined when it does not exist. */
export async function readChain(
  tool: Tool,
  table: TableName,
  chain: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const { stdout } = await runTool(tool, 'iptables', ['-w', '-t', table, '-S', chain], { signal });
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
