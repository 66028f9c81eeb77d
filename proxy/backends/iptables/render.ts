import type { NodeRecord } from '../../model/records.ts';
import type { Unit } from '../../model/unit.ts';
import type { SharedRule } from './doors.ts';
import { type FixedChain, fixedChains, jumps, sharedChains, type TableName } from './fixed.ts';
import { Ledger } from './ledger.ts';
import type { IptablesOptions, Place } from './options.ts';
import { leavesFirst, type Step } from './steps.ts';

/** Everything of ours that is to be in the kernel, for one address family. */
export interface Desired {
  readonly fixed: readonly FixedChain[];
  /** Chains of Services in table nat, leaves first. */
  readonly service: readonly (readonly [string, readonly string[]])[];
  /** Chains that Services share: their own rules in any order, then the ones that stay last. */
  readonly shared: readonly SharedChain[];
  readonly jumps: readonly SharedRule[];
}

export interface SharedChain {
  readonly table: TableName;
  readonly name: string;
  readonly rules: readonly string[];
  readonly last: readonly string[];
}

/** Collects what the ledger and the options ask for. Pure. */
export function desiredOf(ledger: Ledger, place: Place): Desired {
  const rules = new Map<string, string[]>();
  for (const { table, chain, rule } of ledger.sharedRules()) {
    const list = rules.get(`${table} ${chain}`);
    if (list) list.push(rule);
    else rules.set(`${table} ${chain}`, [rule]);
  }
  return {
    fixed: fixedChains(place),
    service: leavesFirst([...ledger.chains()]),
    shared: sharedChains(place).map(({ table, name, rules: last }) => ({
      table,
      name,
      rules: rules.get(`${table} ${name}`) ?? [],
      last,
    })),
    jumps: jumps(),
  };
}

/** The text that would bring about these units from nothing: what `--dry-run` prints. Pure. */
export function renderRules(
  family: Unit['family'],
  options: IptablesOptions,
  node: NodeRecord,
  units: Iterable<Unit>,
): string {
  const place: Place = { family, options, node, tcpBeLiberal: false };
  const ledger = new Ledger(place);
  ledger.change(
    [],
    [...units].sort((a, b) => (a.id < b.id ? -1 : 1)),
  );
  const steps = stepsFromNothing(desiredOf(ledger, place));
  const tables = ['filter', 'nat'] as const;
  return tables.map((table) => blockOf(steps.filter((step) => step.table === table))).join('');
}

function stepsFromNothing({ fixed, service, shared, jumps: all }: Desired): Step[] {
  return [
    ...fixed.map((chain): Step => ({ kind: 'chain', ...chain })),
    ...service.map(([name, rules]): Step => ({ kind: 'chain', table: 'nat', name, rules })),
    ...shared.map(
      ({ table, name, rules, last }): Step => ({ kind: 'chain', table, name, rules: [...rules, ...last] }),
    ),
    ...[...all].reverse().map((jump): Step => ({ kind: 'insert', ...jump })),
  ];
}

/**
 * Text for `iptables-restore --noflush`: one block for each run of steps in one table, none with more than `limit` lines. A block
 * is carried out as a whole or not at all; a chain has more lines than that in one block, unless `split` allows it to be half
 * filled for a moment. Pure.
 */
export function renderSteps(steps: readonly Step[], limit: number, split = false): string {
  let text = '';
  let block: Step[] = [];
  let size = 0;
  for (const step of split ? steps.flatMap((step) => splitChain(step, limit)) : steps) {
    const weight = weightOf(step);
    if (block.length > 0 && (block[0]?.table !== step.table || size + weight > limit)) {
      text += blockOf(block);
      block = [];
      size = 0;
    }
    block.push(step);
    size += weight;
  }
  return text + blockOf(block);
}

function splitChain(step: Step, limit: number): Step[] {
  if (step.kind !== 'chain' || weightOf(step) <= limit) return [step];
  const rest = step.rules.slice(limit - 1);
  return [
    { ...step, rules: step.rules.slice(0, limit - 1) },
    ...rest.map((rule): Step => ({ kind: 'append', table: step.table, chain: step.name, rule })),
  ];
}

function weightOf(step: Step): number {
  return step.kind === 'chain' ? step.rules.length + 1 : 1;
}

/** All chains are named first, which makes or empties them; then rules may lead to any. */
function blockOf(steps: readonly Step[]): string {
  const [first] = steps;
  if (!first) return '';
  const lines = [`*${first.table}`];
  for (const step of steps) {
    if (step.kind === 'chain' || step.kind === 'remove') lines.push(`:${step.name} - [0:0]`);
  }
  for (const step of steps) pushRules(step, lines);
  for (const step of steps) if (step.kind === 'remove') lines.push(`-X ${step.name}`);
  lines.push('COMMIT\n');
  return lines.join('\n');
}

function pushRules(step: Step, lines: string[]): void {
  if (step.kind === 'chain') for (const rule of step.rules) lines.push(`-A ${step.name} ${rule}`);
  else if (step.kind !== 'remove') lines.push(`${verbs[step.kind]} ${step.chain} ${step.rule}`);
}

const verbs = { append: '-A', insert: '-I', erase: '-D' } as const;
