import type { SharedRule } from './doors.ts';
import type { TableName } from './fixed.ts';
import type { Delta } from './ledger.ts';

/** One change of the kernel's rules. Later ones may rely on earlier ones. */
export type Step =
  /** Makes the chain, or empties it, and fills it. */
  | {
      readonly kind: 'chain';
      readonly table: TableName;
      readonly name: string;
      readonly rules: readonly string[];
    }
  | ({ readonly kind: 'append' | 'insert' | 'erase' } & SharedRule)
  | { readonly kind: 'remove'; readonly table: TableName; readonly name: string };

/**
 * The steps for a change of some units. First come verdicts of table filter that will hold, then table nat, then verdicts that no
 * longer hold: in between, a packet meets the old or the new state of its Service, never none. Pure.
 */
export function deltaSteps({ write, remove, insert, erase }: Delta): Step[] {
  const of = (kind: 'insert' | 'erase', table: TableName, rules: readonly SharedRule[]) =>
    rules.flatMap((rule): Step[] => (rule.table === table ? [{ kind, ...rule }] : []));
  return [
    ...of('insert', 'filter', insert),
    ...leavesFirst([...write]).map(([name, rules]): Step => ({ kind: 'chain', table: 'nat', name, rules })),
    ...of('insert', 'nat', insert),
    ...of('erase', 'nat', erase),
    ...removals([...remove]),
    ...of('erase', 'filter', erase),
  ];
}

/** A chain must be there before another leads to it. */
export function leavesFirst<T>(chains: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return [...chains].sort(([a], [b]) => level(a) - level(b));
}

/** Chains that lead to others go before those. */
export function removals(names: readonly string[]): Step[] {
  return [...names]
    .sort((a, b) => level(b) - level(a))
    .map((name): Step => ({ kind: 'remove', table: 'nat', name }));
}

function level(name: string): number {
  return levels.indexOf(name.slice(5, 8));
}

const levels = ['SEP', 'SVC', 'SVL', 'EXT', 'FW-'];
