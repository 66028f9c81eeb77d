import type { Element } from './elements.ts';
import { classElements, grownChains, noGrowth } from './grown-chains.ts';
import { type Desired, dropTable } from './render.ts';
import { declarations, hookParts, type SkeletonOptions, skeletonParts } from './skeleton.ts';
import { ownMapDeclaration } from './sticky-chains.ts';
import { wordsOf } from './text.ts';

/**
 * A whole table as one text in three parts: its beginning, elements in any number of pieces, its end. All of it is one block, which
 * only the last part closes: should this process die while it writes, nft refuses the piece it got as a syntax error.
 */
export function beginning(options: SkeletonOptions, replaced: readonly string[]): string {
  const { ip } = wordsOf(options.family);
  const drops = [...replaced, options.table].map((table) => dropTable(ip, table));
  return `${drops.join('')}table ${ip} ${options.table} {\n${skeletonParts(options).join('\n')}\n`;
}

/** The end of the text: the chains of all classes, what leads to them, and the chains that hook into the kernel. */
export function ending(desired: Desired): string {
  const { options, growth, classes, scheduler } = desired;
  const { ip } = wordsOf(options.family);
  const { chains } = grownChains(noGrowth(), growth, classes, { ip, scheduler });
  const leading = [...elementTexts(options.family, [classElements(classes)])];
  return [...chains, ...leading, ...hookParts(options), '}\n'].join('\n');
}

/** The text of elements, which come in lists (of a unit each, or all in one), in pieces of some size. */
export function* elementTexts(
  family: SkeletonOptions['family'],
  lists: Iterable<readonly Element[]>,
): Generator<string> {
  const texts = createElementTexts(family);
  for (const elements of lists) {
    for (const element of elements) {
      const piece = texts.add(element);
      if (piece !== undefined) yield piece;
    }
  }
  yield* texts.takeAll();
}

/** Collects elements: `add` returns a piece of text when enough of one set has come together, `takeAll` the pieces for what is left. */
function createElementTexts(family: SkeletonOptions['family']) {
  const declared = declarations(family);
  const lines = new Map<string, string>();
  const piece = (set: string, text: string) =>
    `  ${declared.get(set) ?? ownMapDeclaration(set)} elements = {\n${text}\n} }\n`;
  return {
    add({ set, key, value }: Element): string | undefined {
      const before = lines.get(set);
      const line = value === undefined ? key : `${key} : ${value}`;
      const text = before === undefined ? line : `${before},\n${line}`;
      if (text.length < pieceLength) {
        lines.set(set, text);
        return undefined;
      }
      lines.delete(set);
      return piece(set, text);
    },
    takeAll(): string[] {
      const all = [...lines].map(([set, text]) => piece(set, text));
      lines.clear();
      return all;
    },
  };
}

/** What a pipe to nft takes up at once, so that nft has something to read while the next piece is made. */
const pieceLength = 32_000;
