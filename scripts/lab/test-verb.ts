import { findLab, findStep } from '../../labs/course/find-step.ts';
import { type Language, languages } from '../../labs/course/language.ts';
import { courseOutline, type StepRef } from '../../labs/course/outline.ts';
import type { Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { openFor } from '../cli/open.ts';
import { testLabs } from './test-labs.ts';
import type { Trial } from './trial.ts';

/** `workshop lab test` */
export async function testVerb(context: Context, words: readonly string[]): Promise<number> {
  const refs = chosen(words, context.flags['all'] === true);
  await requireBackend(context);
  const trials = await testLabs(context, refs, wantedLanguages(context));
  const code = exitCodeOf(trials);
  if (context.json) context.out.json({ code, trials });
  else context.out.write(describe(trials));
  return code;
}

/** 5 for a fault of the content, or when nothing was tried; else 3 when the cluster was away, 1 when it was in a wrong state. */
export function exitCodeOf(trials: readonly Trial[]): number {
  const kinds = new Set(trials.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  if (trials.length === 0 || kinds.has('content')) return 5;
  if (kinds.has('environment')) return 3;
  return kinds.has('state') ? 1 : 0;
}

/** `--lang`, else all. Throws WorkshopError `usage` for one that is none. */
export function wantedLanguages({ flags }: Pick<Context, 'flags'>): readonly Language[] {
  const word = flags['lang'];
  if (word === undefined) return languages;
  const found = languages.filter((language) => language === word);
  if (found.length === 0) throw usageError(`--lang "${word}" is none of ${languages.join(', ')}`);
  return found;
}

function chosen(words: readonly string[], all: boolean): StepRef[] {
  const outline = courseOutline();
  if (all) return outline.flatMap(({ steps }) => steps);
  if (words.length === 0) throw usageError('which labs or steps?', 'workshop lab test --all');
  return words.flatMap((word) => findLab(outline, word)?.steps ?? [findStep(outline, word)]);
}

async function requireBackend(context: Context): Promise<void> {
  const { name, flags } = context;
  const wanted = flags['backend'];
  if (wanted === undefined) return;
  const cluster = await openFor(context);
  cluster.close();
  if (cluster.backend !== wanted)
    throw usageError(`the cluster ${name} is of the kind ${cluster.backend}, not ${wanted}`);
}

function describe(trials: readonly Trial[]): string {
  const lines = trials.flatMap(({ step, ms, faults }) => [
    `${faults.length === 0 ? '✓ well' : '✗ not well'}  ${step}  ${(ms / 1000).toFixed(1)} s`,
    ...faults.map(({ stage, kind, message }) => `    ${stage} (${kind}): ${message}`),
  ]);
  const well = trials.filter(({ faults }) => faults.length === 0).length;
  const checks = trials.flatMap((trial) => trial.checks).sort((a, b) => a - b);
  const median = ((checks[Math.floor(checks.length / 2)] ?? 0) / 1000).toFixed(1);
  const sum = `${well} of ${trials.length} steps are well; ${checks.length} checks, median ${median} s`;
  return `${[...lines, '', sum].join('\n')}\n`;
}
