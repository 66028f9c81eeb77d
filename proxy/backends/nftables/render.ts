import type { Class } from './allocator.ts';
import { classElements, type Growth, grownChains, noGrowth } from './grown-chains.ts';
import { hooks, type SkeletonOptions, skeleton } from './skeleton.ts';
import { elementStatements } from './statements.ts';
import { block, wordsOf } from './text.ts';

/** A table but for the elements that units put in. */
export interface Desired {
  readonly options: SkeletonOptions;
  readonly scheduler: 'rr' | 'random';
  readonly classes: readonly Class[];
  readonly growth: Growth;
}

/** The commands that make the sets, maps and chains which are always there, without effect yet, in place of what has that name. Pure. */
export function foundation(options: SkeletonOptions): string {
  return dropTable(wordsOf(options.family).ip, options.table) + skeleton(options);
}

/** The commands for the chains of all classes and for what leads to them, in pieces that rely on earlier ones only. Pure. */
export function* superstructure({ options, scheduler, classes, growth }: Desired): Generator<string> {
  const { ip } = wordsOf(options.family);
  const { chains } = grownChains(noGrowth(), growth, classes, { ip, scheduler });
  for (let from = 0; from < chains.length; from += chainsInPiece) {
    yield block(ip, options.table, chains.slice(from, from + chainsInPiece));
  }
  yield elementStatements('add', { ip, table: options.table }, classElements(classes));
}

/** The commands that make the table live and remove those `replaced`. To be carried out in one transaction. Pure. */
export function commit(options: SkeletonOptions, replaced: readonly string[]): string {
  const { ip } = wordsOf(options.family);
  return replaced.map((table) => dropTable(ip, table)).join('') + hooks(options);
}

/** nft 1.0.6 has no `destroy`: creating it first makes the delete succeed always. */
export function dropTable(ip: string, table: string): string {
  return `table ${ip} ${table} {}\ndelete table ${ip} ${table}\n`;
}

/** Their netlink messages, some hundred bytes a rule, must stay below net.core.wmem_default. */
const chainsInPiece = 100;
