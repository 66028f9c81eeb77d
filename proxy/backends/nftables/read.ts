import { ExecError, run } from '../../../lib/exec.ts';
import { wouldWork } from '../nft-tables.ts';

/** One element as `nft -j` shows it: concatenated parts joined by " . ", class ids as numbers. */
export interface ReadElement {
  readonly key: string;
  readonly value: string | undefined;
  /** Seconds. */
  readonly timeout: number | undefined;
  readonly expires: number | undefined;
}

/** The objects of a table as nft prints them; undefined when there is no such table. */
export async function listTable(
  ip: string,
  table: string,
  signal?: AbortSignal,
): Promise<readonly NftObject[] | undefined> {
  return await list(['list', 'table', ip, table], signal);
}

/** The elements of one map; undefined when it is not there. */
export async function listMap(
  ip: string,
  table: string,
  map: string,
  signal?: AbortSignal,
): Promise<ReadElement[] | undefined> {
  const objects = await list(['list', 'map', ip, table, map], signal);
  const found = objects?.find((object) => 'map' in object);
  return found && elementsIn(found);
}

/** Whether there is such a chain. */
export function hasChain(
  at: { ip: string; table: string; chain: string },
  signal?: AbortSignal,
): Promise<boolean> {
  return wouldWork(['add', 'rule', at.ip, at.table, at.chain, 'accept'], signal);
}

export type NftObject = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

async function list(args: readonly string[], signal?: AbortSignal): Promise<NftObject[] | undefined> {
  const text = await nft(['-j', ...args], signal);
  return text === undefined ? undefined : (JSON.parse(text) as { nftables: NftObject[] }).nftables;
}

/** Standard output; undefined when what it is about does not exist. */
async function nft(args: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
  try {
    return (await run('nft', args, { signal, timeoutMs: 60_000 })).stdout;
  } catch (error) {
    if (error instanceof ExecError && error.stderr.includes('No such file or directory')) return undefined;
    throw error;
  }
}

/** The elements of a `set` or `map` object. */
export function elementsIn(object: NftObject): ReadElement[] {
  const elements = (object['map'] ?? object['set'])?.['elem'];
  if (!Array.isArray(elements)) return [];
  const isMap = 'map' in object;
  return elements.map((element: unknown) => {
    const [left, right] = isMap ? (element as [unknown, unknown]) : [element, undefined];
    const { val, timeout, expires } = wrapped(left);
    return { key: textOf(val), value: isMap ? textOf(right) : undefined, timeout, expires };
  });
}

function wrapped(left: unknown): { val: unknown; timeout: number | undefined; expires: number | undefined } {
  if (typeof left === 'object' && left !== null && 'elem' in left) {
    return left.elem as { val: unknown; timeout: number | undefined; expires: number | undefined };
  }
  return { val: left, timeout: undefined, expires: undefined };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return classId(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if ('concat' in value) return (value.concat as unknown[]).map(textOf).join(' . ');
  if ('prefix' in value) {
    const { addr, len } = value.prefix as { addr: string; len: number };
    return `${addr}/${len}`;
  }
  if ('goto' in value) return `goto ${(value.goto as { target: string }).target}`;
  return Object.keys(value)[0] ?? '';
}

/** A traffic class id is printed as `major:minor` in hexadecimal, or as a word; elsewhere we write it as one number. */
function classId(text: string): string {
  if (text === 'none') return '0x0';
  const [, major, minor] = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text) ?? [];
  if (major === undefined || minor === undefined) return text;
  return `0x${(Number.parseInt(major, 16) * 65_536 + Number.parseInt(minor, 16)).toString(16)}`;
}
