import type { SharedRule } from './doors.ts';
import { isServiceChain } from './names.ts';
import type { Saved } from './read.ts';
import type { Desired, SharedChain } from './render.ts';
import { removals, type Step } from './steps.ts';

/** What has to be done for the kernel's rules to be as desired, and chains of Services that nobody needs any more. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly stale: readonly Step[];
}

/** Compares what the kernel has with what it should. Rules of others are not looked at. Pure. */
export function planFor(desired: Desired, saved: Saved): Plan {
  const wanted = new Set(desired.service.map(([name]) => name));
  const stale = [...(saved.get('nat')?.keys() ?? [])].filter(
    (name) => isServiceChain(name) && !wanted.has(name),
  );
  return {
    steps: [
      ...desired.fixed.flatMap(({ table, name, rules }): Step[] =>
        isSame(rules, saved.get(table)?.get(name)) ? [] : [{ kind: 'chain', table, name, rules }],
      ),
      ...desired.service.flatMap(([name, rules]): Step[] =>
        isSame(rules, saved.get('nat')?.get(name)) ? [] : [{ kind: 'chain', table: 'nat', name, rules }],
      ),
      ...desired.shared.flatMap((chain) => sharedSteps(chain, saved.get(chain.table)?.get(chain.name))),
      ...jumpSteps(desired.jumps, saved),
    ],
    stale: removals(stale),
  };
}

function isSame(wanted: readonly string[], printed: readonly string[] | undefined): boolean {
  return wanted.length === printed?.length && wanted.every((rule, i) => asPrinted(rule) === printed[i]);
}

/** A rule as `iptables-save` prints it: the kernel keeps probabilities as multiples of 2^-31 (xt_statistic.h). */
export function asPrinted(rule: string): string {
  const [, before, number, behind] = /^(.* --probability )([0-9.]+)( .*)$/.exec(rule) ?? [];
  if (number === undefined) return rule;
  return `${before}${(Math.round(Number(number) * 2 ** 31) / 2 ** 31).toFixed(11)}${behind}`;
}

/** A missing chain is filled rule by rule, since nothing leads to it yet; in one that is live, single rules change if few differ. */
function sharedSteps(chain: SharedChain, printed: readonly string[] | undefined): Step[] {
  const { table, name, rules, last } = chain;
  const whole = [...rules, ...last];
  if (!printed) {
    const appended = whole.map((rule): Step => ({ kind: 'append', table, chain: name, rule }));
    return [{ kind: 'chain', table, name, rules: [] }, ...appended];
  }
  const wanted = new Set(rules);
  const tail = last.length === 0 ? [] : printed.slice(-last.length);
  const body = printed.slice(0, printed.length - tail.length);
  const present = new Set(body);
  const lost = rules.filter((rule) => !present.has(rule));
  const foreign = body.filter((rule) => !wanted.has(rule));
  const doubles = body.length - present.size;
  if (!isSame(last, tail) || doubles > 0 || foreign.length > singleChanges) {
    return [{ kind: 'chain', table, name, rules: whole }];
  }
  return [
    ...lost.map((rule): Step => ({ kind: 'insert', table, chain: name, rule })),
    ...foreign.map((rule): Step => ({ kind: 'erase', table, chain: name, rule })),
  ];
}

/** Each removal searches the chain; beyond this, writing it anew is quicker. */
const singleChanges = 100;

/** Missing jumps go to the top. They are known by where they lead, since every version of iptables prints that alike. */
function jumpSteps(jumps: readonly SharedRule[], saved: Saved): Step[] {
  return [...jumps]
    .reverse()
    .filter(({ table, chain, rule }) => {
      const target = rule.slice(rule.lastIndexOf(' -j '));
      return !saved
        .get(table)
        ?.get(chain)
        ?.some((printed) => ` ${printed}`.endsWith(target));
    })
    .map((jump): Step => ({ kind: 'insert', ...jump }));
}
