import { ExecError, run } from '../../../lib/exec.ts';
import { tableName } from './render.ts';

/** Our table as the kernel has it. */
export interface Seen {
  /** Chains, rules, sets and maps without their elements and handles, as text. */
  readonly objects: ReadonlySet<string>;
  /** By set or map; concatenated parts joined by " . ". */
  readonly contents: ReadonlyMap<string, ReadonlyMap<string, string | undefined>>;
}

/** Undefined when there is no such table. */
export async function readTable(ip: string, signal?: AbortSignal): Promise<Seen | undefined> {
  try {
    const { stdout } = await run('nft', ['-j', 'list', 'table', ip, tableName], {
      signal,
      timeoutMs: 60_000,
    });
    const { nftables } = JSON.parse(stdout) as { nftables: NftObject[] };
    return seenIn(nftables);
  } catch (error) {
    if (error instanceof ExecError && error.stderr.includes('No such file or directory')) return undefined;
    throw error;
  }
}

type NftObject = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function seenIn(list: readonly NftObject[]): Seen {
  const ours = list.filter((object) => ['chain', 'rule', 'set', 'map'].some((kind) => kind in object));
  const objects = new Set(ours.map((object) => JSON.stringify(object, withoutChanging)));
  const contents = new Map(
    ours.flatMap((object) => {
      const set = object['map'] ?? object['set'];
      return set ? [[String(set['name']), elementsOf(set['elem'], 'map' in object)] as const] : [];
    }),
  );
  return { objects, contents };
}

function withoutChanging(key: string, value: unknown): unknown {
  return key === 'handle' || key === 'elem' || key === 'index' ? undefined : value;
}

function elementsOf(list: unknown, isMap: boolean): Map<string, string | undefined> {
  if (!Array.isArray(list)) return new Map();
  return new Map(
    list.map((one: unknown) => {
      const [key, value] = isMap ? (one as [unknown, unknown]) : [one, undefined];
      return [textOf(key), isMap ? textOf(value) : undefined];
    }),
  );
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('concat' in value) return (value.concat as unknown[]).map(textOf).join(' . ');
  if ('prefix' in value) {
    const { addr, len } = value.prefix as { addr: string; len: number };
    return `${addr}/${len}`;
  }
  return JSON.stringify(value);
}
