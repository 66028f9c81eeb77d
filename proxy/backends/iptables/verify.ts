import type { Tool } from './apply.ts';
import { jumpSteps, planFor } from './plan.ts';
import { readAll, readChain } from './read.ts';
import type { Desired } from './render.ts';
import type { Step } from './steps.ts';

/** What differs between the kernel's rules and the desired ones, in words; undefined when nothing does. */
export async function compareAll(
  tool: Tool,
  desired: Desired,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { steps, stale } = planFor(desired, await readAll(tool, signal));
  return inWords([...steps, ...stale][0]);
}

/** The same for the rules that lead from the kernel's chains to ours alone: quick, whatever the number of Services. */
export async function compareJumps(
  tool: Tool,
  { jumps, fixed }: Desired,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const saved = new Map<string, Map<string, string[]>>();
  for (const [table, chain] of new Map(
    jumps.map(({ table, chain }) => [`${table} ${chain}`, [table, chain] as const]),
  ).values()) {
    const chains = saved.get(table) ?? new Map<string, string[]>();
    saved.set(table, chains.set(chain, await readChain(tool, table, chain, signal)));
  }
  for (const { table, name, rules } of fixed) {
    const seen = await readChain(tool, table, name, signal);
    if (seen.length !== rules.length) return `changed: chain ${name} of table ${table}`;
  }
  return inWords(jumpSteps(jumps, saved)[0]);
}

function inWords(step: Step | undefined): string | undefined {
  if (!step) return undefined;
  if (step.kind === 'chain') return `missing or changed: chain ${step.name} of table ${step.table}`;
  if (step.kind === 'remove') return `not ours: chain ${step.name} of table ${step.table}`;
  const what = step.kind === 'erase' ? 'not ours' : 'missing';
  return `${what}: -A ${step.chain} ${step.rule} in table ${step.table}`;
}
