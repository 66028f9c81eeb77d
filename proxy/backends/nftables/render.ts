import type { Class } from './allocator.ts';
import type { Script } from './apply.ts';
import type { Element } from './elements.ts';
import { type Growth, grownChains, noGrowth } from './grown-chains.ts';
import { dropClass, hooks, type SkeletonOptions, skeleton } from './skeleton.ts';
import { elementStatements } from './statements.ts';
import { block, wordsOf } from './text.ts';

export interface Desired {
  readonly options: SkeletonOptions;
  readonly scheduler: 'rr' | 'random';
  readonly classes: readonly Class[];
  readonly growth: Growth;
  readonly elements: ReadonlyMap<string, readonly Element[]>;
}

/** The whole table, as commands that build it beside everything else and then make it live. Pure. */
export function renderScript(desired: Desired, replaced: readonly string[]): Script {
  const { options } = desired;
  const { ip } = wordsOf(options.family);
  const grown = grownChains(noGrowth(), desired.growth, desired.classes, {
    ip,
    scheduler: desired.scheduler,
  });
  const at = { ip, table: options.table };
  return {
    prepare: dropTable(ip, options.table) + skeleton(options),
    pieces: [
      ...pieces(grown.chains, chainsInPiece).map((piece) => block(ip, options.table, piece)),
      ...pieces([dropClass, ...grown.classElements], pieceSize).map((piece) =>
        mapElements(at, 'classes', piece),
      ),
      ...[...desired.elements.values()].flatMap((list) =>
        pieces(list, pieceSize).map((piece) => elementStatements('add', at, piece)),
      ),
    ],
    commit: [...replaced.map((table) => dropTable(ip, table)), hooks(options)].join(''),
  };
}

/** The same as one text. */
export function scriptText({ prepare, pieces: middle, commit }: Script): string {
  return [prepare, ...middle, commit].join('');
}

/** nft 1.0.6 has no `destroy`: creating it first makes the delete succeed always. */
export function dropTable(ip: string, table: string): string {
  return `table ${ip} ${table} {}\ndelete table ${ip} ${table}\n`;
}

export function mapElements(
  at: { ip: string; table: string },
  map: string,
  lines: readonly string[],
): string {
  return lines.length === 0 ? '' : `add element ${at.ip} ${at.table} ${map} {\n${lines.join(',\n')}\n}\n`;
}

function pieces<T>(list: readonly T[], size: number): T[][] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, i) => list.slice(i * size, (i + 1) * size));
}

/** Each about 100 kB of netlink message, half of the usual net.core.wmem_default. */
const pieceSize = 1000;
const chainsInPiece = 100;
