import { readFile } from 'node:fs/promises';
import { codeOf } from '../../../lib/errors.ts';
import { ExecError } from '../../../lib/exec.ts';
import { restore, type Tool } from './apply.ts';
import { isServiceChain } from './names.ts';
import { readAll } from './read.ts';

/**
 * Removes every trace of this mode, and of kube-proxy's, from the kernel. What kubelet or others made stays, also chains of ours
 * that others' rules still lead to. Resolves with what was removed, in words.
 */
export async function cleanupIptables(signal?: AbortSignal): Promise<string[]> {
  const removed: string[] = [];
  for (const tool of await toolsInUse()) {
    removed.push(...(await cleanOne(tool, signal)));
  }
  return removed;
}

/** Listing the legacy tables would make them, so they are looked at only where somebody has made them. */
async function toolsInUse(): Promise<Tool[]> {
  const families = ['IPv4', 'IPv6'] as const;
  const lists = await Promise.all(
    families.map(async (family): Promise<Tool[]> => {
      const names = family === 'IPv4' ? 'ip_tables_names' : 'ip6_tables_names';
      const legacy = await readFile(`/proc/net/${names}`, 'utf8').catch((error: unknown) =>
        codeOf(error) === 'ENOENT' ? '' : 'perhaps',
      );
      return [
        { family, variant: 'nft' },
        ...(legacy.trim() === '' ? [] : [{ family, variant: 'legacy' } as const]),
      ];
    }),
  );
  return lists.flat();
}

async function cleanOne(tool: Tool, signal?: AbortSignal): Promise<string[]> {
  const saved = await readAll(tool, signal, ['mangle', 'nat', 'filter']).catch((error: unknown) => {
    // Where this program, or its part of the kernel, is missing nothing can have been left by it.
    if (error instanceof ExecError && error.kind !== 'aborted' && error.kind !== 'timeout') return undefined;
    throw error;
  });
  if (!saved) return [];
  const removed: string[] = [];
  for (const [table, chains] of saved) {
    const own = removable(chains);
    const leading = leadingTo(chains, own);
    if (own.length + leading.length === 0) continue;
    await restore(tool, removalText(table, leading, own, blockSize[tool.variant ?? 'nft']), signal);
    removed.push(...(own.length > 0 ? own : leading).map((what) => `${tool.family} ${table} ${what}`));
  }
  return removed;
}

/** Our chains, without those that a chain of somebody else leads to; jumps from the kernel's own chains are ours. */
function removable(chains: ReadonlyMap<string, readonly string[]>): string[] {
  const kept = new Set(
    [...chains].flatMap(([name, rules]) => (isOurs(name) || builtIn.has(name) ? [] : rules.map(targetOf))),
  );
  return [...chains.keys()].filter((name) => isOurs(name) && !kept.has(name));
}

/**
 * The rules of the kernel's own chains that lead to ours. A table with rules that only nft can express shows these alone: then our
 * chains stay, but nothing gets to them.
 */
function leadingTo(chains: ReadonlyMap<string, readonly string[]>, own: readonly string[]): string[] {
  const ours = new Set(own);
  const isGoing = (target: string) => ours.has(target) || (isOurs(target) && !chains.has(target));
  return [...chains].flatMap(([name, rules]) =>
    builtIn.has(name)
      ? rules.filter((rule) => isGoing(targetOf(rule))).map((rule) => `-D ${name} ${rule}`)
      : [],
  );
}

/** First nothing leads to our chains any more, then they are emptied, then they go. */
function removalText(
  table: string,
  leading: readonly string[],
  own: readonly string[],
  size: number,
): string {
  const blocks = [
    leading,
    ...pieces(own, size).map((piece) => piece.map((name) => `:${name} - [0:0]`)),
    ...pieces(own, size).map((piece) => piece.map((name) => `-X ${name}`)),
  ];
  return blocks.map((lines) => `*${table}\n${lines.map((line) => `${line}\n`).join('')}COMMIT\n`).join('');
}

/** Chains in one transaction: see backend.ts. */
const blockSize = { nft: 500, legacy: Number.POSITIVE_INFINITY } as const;

function pieces<T>(list: readonly T[], size: number): T[][] {
  const found: T[][] = [];
  for (let from = 0; from < list.length; from += size) found.push(list.slice(from, from + size));
  return found;
}

function isOurs(name: string): boolean {
  return fixedNames.has(name) || isServiceChain(name);
}

/** KUBE-FIREWALL, KUBE-KUBELET-CANARY, KUBE-IPTABLES-HINT and KUBE-MARK-DROP are kubelet's. */
const fixedNames: ReadonlySet<string> = new Set([
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-NODEPORTS',
  'KUBE-POSTROUTING',
  'KUBE-MARK-MASQ',
  'KUBE-FORWARD',
  'KUBE-PROXY-FIREWALL',
  'KUBE-PROXY-CANARY',
]);

const builtIn: ReadonlySet<string> = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

function targetOf(rule: string): string {
  return / -[jg] (\S+)/.exec(` ${rule}`)?.[1] ?? '';
}
