import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isStepWord } from '../../labs/course/find-step.ts';
import type { StepRef } from '../../labs/course/outline.ts';
import { labs } from '../../labs/index.ts';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import { readRecord } from '../../lib/cluster/record.ts';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import type { Command, Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { openFor } from '../cli/open.ts';
import { pathsOf } from '../cli/paths.ts';
import { type Course, courseFlags, openCourse, wantedStep } from '../learn/course.ts';
import { verifyStep } from '../learn/verify-step.ts';
import { watchStep } from '../learn/watch-step.ts';
import { findKubectl } from './kubectl.ts';
import { enterInLedger } from './ledger.ts';
import { jsonReport } from './report/json.ts';
import { renderJunit } from './report/junit.ts';
import { renderTable } from './report/table.ts';
import { exitCodeOf, summaryOf, type Verification } from './results.ts';
import { choose } from './selection.ts';
import { verifyLabs } from './verify-labs.ts';

/** `workshop verify` */
export const verify: Command = {
  usage: ['[STEP] [--watch]', '[LAB|CLAIM…] [--all] [--grep TEXT] [--junit FILE]'],
  description:
    'In the course, without words: looks whether the step you are at is done. With --all, labs or claims, and before you have\n' +
    'begun the course: proves the claims of the documents. Each lab then gets a namespace of its own, which is deleted afterwards.\n' +
    'Exit codes: 0 all kept, 1 some failed, 3 the cluster is away, 4 out of time, 5 a check has a fault or there was none to run.',
  examples: [
    { command: 'workshop verify', does: 'is your step done?' },
    { command: 'workshop verify --watch', does: 'look again after every change, until it is' },
    { command: 'workshop verify L-08', does: 'run the check of one claim' },
    { command: 'workshop verify 05-session-affinity', does: 'run the checks of one lab' },
    { command: 'workshop verify --all --junit results.xml', does: 'what CI runs' },
    {
      command: 'workshop verify --all --kubeconfig FILE',
      does: 'on a cluster of your own: docs/any-cluster.md',
    },
  ],
  flags: {
    ...courseFlags,
    all: { type: 'boolean', summary: 'run every check' },
    watch: { type: 'boolean', summary: 'check the step again as the cluster changes' },
    grep: { type: 'string', value: 'TEXT', summary: 'only checks with this text in lab, claim or title' },
    junit: { type: 'string', value: 'FILE', summary: 'write the results as JUnit XML, too' },
  },
  async run(context) {
    const step = stepMeant(context);
    if (step) return verifyOneStep(context, step);
    const { junit } = context.flags;
    if (typeof junit === 'string') requirePlaceFor(junit);
    const verification = await runVerification(context, context.flags['all'] === true ? [] : context.args);
    if (context.json) context.out.json(jsonReport(verification));
    else printResults(context, verification);
    if (typeof junit === 'string') writeJunit(junit, verification);
    return exitCodeOf(verification.results);
  },
};

interface StepMeant {
  course: Course;
  ref: StepRef;
}

/** The step of the course that the words mean; undefined when they mean claims or labs. */
function stepMeant(context: Context): StepMeant | undefined {
  const { args, flags } = context;
  if (flags['all'] === true || flags['grep'] !== undefined || flags['junit'] !== undefined) return undefined;
  const course = openCourse(context);
  const [word, ...more] = args;
  const { outline, current } = course;
  if (word === undefined && current) return { course, ref: current };
  const isStep = word !== undefined && more.length === 0 && isStepWord(outline, word, current?.lab);
  if (isStep) return { course, ref: wantedStep(course, args) };
  if (flags['watch'] === true) throw usageError('--watch needs a step', 'workshop start');
  return undefined;
}

async function verifyOneStep(context: Context, { course, ref }: StepMeant): Promise<number> {
  if (context.flags['watch'] === true) return watchStep(context, course, ref);
  return verifyStep(context, course, ref);
}

/**
 * Runs the checks that `words` and `--grep` name on the cluster of the context, and enters the results in its ledger.
 * Throws WorkshopError: `usage` for unknown words, `environment` when the cluster is away, `timeout` when `--timeout` is over.
 */
export async function runVerification(context: Context, words: readonly string[]): Promise<Verification> {
  const { grep } = context.flags;
  const chosen = choose(labs, words, typeof grep === 'string' ? grep : undefined);
  const paths = pathsOf(context);
  const cluster = await openFor(context);
  const timeUp = context.timeoutMs === undefined ? [] : [AbortSignal.timeout(context.timeoutMs)];
  const signal = AbortSignal.any([context.signal, ...timeUp]);
  try {
    const verification = await verifyLabs({
      cluster,
      settings: readRecord(paths.record)?.settings ?? context.settings,
      chosen,
      kubectl: await findKubectl(context.env),
      progress: context.progress,
      signal,
    });
    if (signal.aborted) printFinished(context, verification);
    context.signal.throwIfAborted();
    enterInLedger(paths, verification, cluster.backend);
    if (!signal.aborted) return verification;
    throw new WorkshopError('timeout', `could not verify in time: ${context.timeoutMs} ms are over`, {
      advice: `workshop verify --timeout with more time; ${summaryOf(verification)}`,
    });
  } finally {
    cluster.close();
  }
}

/** Of a run that was cut short: it may have taken half an hour. */
function printFinished(context: Context, { results, ...rest }: Verification): void {
  const finished = results.filter(({ outcome }) => outcome !== 'broken');
  if (finished.length > 0 && !context.json) printResults(context, { ...rest, results: finished });
}

/** The table, and below it the sum. */
export function printResults(context: Context, verification: Verification): void {
  const { out, color } = context;
  if (verification.results.length === 0) {
    context.progress.warn('no check was run: nothing fits these words');
    return;
  }
  out.line(renderTable(verification, { width: process.stdout.columns ?? 80, color }));
  out.line();
  out.line(summaryOf(verification));
}

/** Before the checks, which take a while: nobody shall wait for results that cannot be kept. */
function requirePlaceFor(file: string): void {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error('it is a folder');
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch (error) {
    throw notWritten(file, error);
  }
}

function writeJunit(file: string, verification: Verification): void {
  try {
    writeFileAtomically(file, renderJunit(verification), 0o644);
  } catch (error) {
    throw notWritten(file, error);
  }
}

function notWritten(file: string, cause: unknown): WorkshopError {
  return new WorkshopError('usage', `could not write ${file}: ${messageOf(cause)}`, {
    advice: 'name a file in a folder that exists',
    cause,
  });
}
