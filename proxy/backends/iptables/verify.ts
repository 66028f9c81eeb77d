import type { Tool } from './apply.ts';
import { planFor } from './plan.ts';
import { hasRule, readAll, readChain } from './read.ts';
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
  for (const jump of jumps) {
    if (!(await hasRule(tool, jump, signal))) return inWords({ kind: 'insert', ...jump });
  }
  for (const { table, name, rules } of fixed) {
    const seen = await readChain(tool, table, name, signal);
    if (seen.length !== rules.length) return `changed: chain ${name} of table ${table}`;
  }
  return undefined;
}

function inWords(step: Step | undefined): string | undefined {
  if (!step) return undefined;
  if (step.kind === 'chain') return `missing or changed: chain ${step.name} of table ${step.table}`;
  if (step.kind === 'remove') return `not ours: chain ${step.name} of table ${step.table}`;
  const what = step.kind === 'erase' ? 'not ours' : 'missing';
  return `${what}: -A ${step.chain} ${step.rule} in table ${step.table}`;
}
