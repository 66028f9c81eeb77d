import { type Language, languages } from '../../labs/course/language.ts';
import { courseOutline, type StepRef } from '../../labs/course/outline.ts';
import { readStepText } from '../../labs/course/read-text.ts';
import type { StepText } from '../../labs/course/step-text.ts';
import type { Step } from '../../labs/step.ts';
import { readRecord } from '../../lib/cluster/record.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Context } from '../cli/command.ts';
import { openFor } from '../cli/open.ts';
import { stepOf } from '../learn/session.ts';
import { findKubectl } from '../verify/kubectl.ts';
import { createLabPlace, sweepNamespaces } from '../verify/lab-context.ts';
import { type Trial, type TrialFault, tryStep } from './trial.ts';

/** Tries steps on the running cluster, those of a lab one after another, labs side by side where they do not disturb each other. */
export async function testLabs(
  context: Context,
  refs: readonly StepRef[],
  wanted: readonly Language[] = languages,
): Promise<Trial[]> {
  const cluster = await openFor(context);
  const settings = readRecord(cluster.paths.record)?.settings ?? context.settings;
  const kubectl = await findKubectl(context.env);
  const trials: Trial[] = [];

  async function tryLab(lab: string, steps: readonly StepRef[]): Promise<void> {
    const place = createLabPlace(cluster, settings, lab, kubectl);
    try {
      await place.open(context.signal);
      for (const ref of steps) {
        context.signal.throwIfAborted();
        const view = (ms: number) => {
          return place.lab(AbortSignal.any([context.signal, AbortSignal.timeout(ms)]), () => {});
        };
        const from = performance.now();
        const trial = await tryWithTexts(ref, stepOf(ref), wanted, view);
        trials.push(trial);
        const tell = trial.faults.length === 0 ? context.progress.done : context.progress.failed;
        tell(ref.key, performance.now() - from);
      }
    } finally {
      // After Ctrl-C too the cluster is as it was.
      for (const step of steps.map(stepOf)) {
        await step.leave?.(place.lab(AbortSignal.timeout(leaveMs), () => {})).catch(() => {});
      }
      await place.close().catch(() => {});
    }
  }

  try {
    await sweepNamespaces(cluster, context.signal);
    const possible = refs.filter((ref) => stepOf(ref).backends?.includes(cluster.backend) ?? true);
    const isAlone = (ref: StepRef) => stepOf(ref).alone === true;
    await pool(byLab(possible.filter((ref) => !isAlone(ref))), atOnce, tryLab);
    await pool(byLab(possible.filter(isAlone)), 1, tryLab);
  } finally {
    cluster.close();
  }
  const order = courseOutline().flatMap(({ steps }) => steps.map(({ key }) => key));
  return trials.sort((a, b) => order.indexOf(a.step) - order.indexOf(b.step));
}

const leaveMs = 30_000;

/** Two cores are busy with three labs. */
const atOnce = 3;

async function tryWithTexts(
  ref: StepRef,
  step: Step,
  wanted: readonly Language[],
  view: Parameters<typeof tryStep>[0]['view'],
): Promise<Trial> {
  const texts: Partial<Record<Language, StepText>> = {};
  const faults: TrialFault[] = [];
  for (const language of wanted) {
    try {
      const found = readStepText(ref, language);
      if (found.language === language) texts[language] = found.text;
      else faults.push({ stage: 'texts', kind: 'content', message: `there is no text.${language}.md` });
    } catch (error) {
      faults.push({ stage: 'texts', kind: 'content', message: messageOf(error) });
    }
  }
  const trial = await tryStep({ key: ref.key, step, texts, view });
  return { ...trial, faults: [...faults, ...trial.faults] };
}

function byLab(refs: readonly StepRef[]): [string, StepRef[]][] {
  const labs = new Map<string, StepRef[]>();
  for (const ref of refs) labs.set(ref.lab, [...(labs.get(ref.lab) ?? []), ref]);
  return [...labs];
}

async function pool(
  items: readonly [string, StepRef[]][],
  size: number,
  work: (lab: string, steps: readonly StepRef[]) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(...item);
  };
  await Promise.all(Array.from({ length: size }, worker));
}
