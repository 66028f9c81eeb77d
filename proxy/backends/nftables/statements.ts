import type { Element } from './elements.ts';
import type { At } from './text.ts';

/** Elements of one set as text, one a line, as errors quote their line. */
export interface Batch {
  readonly set: string;
  lines: string;
}

/** `add element` or `delete element` commands for elements of any sets. */
export function elementStatements(verb: 'add' | 'delete', at: At, elements: readonly Element[]): string {
  return [...statements(verb, at, inBatches([elements], verb))].join('');
}

/** The same, a command for each batch. */
export function* statements(
  verb: 'add' | 'delete',
  { ip, table }: At,
  batches: Iterable<Batch>,
): Generator<string> {
  for (const { set, lines } of batches) yield `${verb} element ${ip} ${table} ${set} {\n${lines}\n}\n`;
}

/** Elements, which come in lists (of a unit each, or all in one), in batches of some size. */
export function* inBatches(
  lists: Iterable<readonly Element[]>,
  verb: 'add' | 'delete' = 'add',
): Generator<Batch> {
  const collected = new Map<string, Batch>();
  for (const elements of lists) {
    for (const { set, key, value } of elements) {
      const line = verb === 'delete' || value === undefined ? key : `${key} : ${value}`;
      const batch = collected.get(set);
      if (batch === undefined) {
        collected.set(set, { set, lines: line });
        continue;
      }
      batch.lines += `,\n${line}`;
      if (batch.lines.length < batchLength) continue;
      collected.delete(set);
      yield batch;
    }
  }
  yield* collected.values();
}

/** About 70 kB of netlink message, a third of the usual net.core.wmem_default. */
const batchLength = 32_000;
