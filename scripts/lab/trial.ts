import type { Language } from '../../labs/course/language.ts';
import type { StepText } from '../../labs/course/step-text.ts';
import type { Lab } from '../../labs/lab.ts';
import type { Step } from '../../labs/step.ts';
import { judge } from '../verify/judgement.ts';

/** What is wrong with a step: its content, or the cluster on which it was tried. */
export interface TrialFault {
  /** What was being tried, `mistake label-typo`. */
  stage: string;
  kind: 'content' | 'state' | 'environment';
  message: string;
}

/** What came of trying one step. */
export interface Trial {
  step: string;
  ms: number;
  /** Of its check, each time it ran, in milliseconds. */
  checks: readonly number[];
  faults: readonly TrialFault[];
}

export interface TrialOptions {
  key: string;
  step: Step;
  /** The step's texts, in the languages to be tried. */
  texts: Readonly<Partial<Record<Language, StepText>>>;
  view: (ms: number) => Lab;
}

/**
 * Tries a step as CI does: set-up, the check must fail; each foreseen mistake must be seen as that one, and have its words in
 * each language; the solution must pass, twice; after the reset the check must fail again.
 */
export async function tryStep(options: TrialOptions): Promise<Trial> {
  const { step, key } = options;
  const started = performance.now();
  const bench = createBench(options);
  if (await bench.act('set-up', 'state', step.setUp)) {
    await bench.undone('after the set-up', undefined);
    for (const { id, make } of step.mistakes) await tryMistake(bench, step, id, make);
    await trySolution(bench, options);
  }
  return {
    step: key,
    ms: Math.round(performance.now() - started),
    checks: bench.checks,
    faults: bench.faults,
  };
}

async function tryMistake(
  bench: Bench,
  step: Step,
  id: string,
  make: (lab: Lab) => Promise<void>,
): Promise<void> {
  const stage = `mistake ${id}`;
  const made =
    (await bench.act(`${stage}: set-up`, 'state', step.setUp)) && (await bench.act(stage, 'content', make));
  if (made) await bench.undone(stage, id);
  await bench.act(`${stage}: reset`, 'content', step.reset);
}

async function trySolution(bench: Bench, { step, texts }: TrialOptions): Promise<void> {
  if (!(await bench.act('set-up before the solution', 'state', step.setUp))) return;
  const [usual] = step.mistakes;
  // It has to solve it whatever the learner did before.
  if (usual) await bench.act(`mistake ${usual.id} before the solution`, 'content', usual.make);
  const passed =
    (await bench.act('solution', 'content', step.solve)) &&
    (await bench.act('check after the solution', 'content', step.check)) &&
    (await bench.act('check once more', 'content', step.check));
  if (passed) await tryPrediction(bench, step, texts);
  if (await bench.act('reset', 'content', step.reset)) await bench.undone('after the reset');
}

async function tryPrediction(bench: Bench, step: Step, texts: TrialOptions['texts']): Promise<void> {
  let happened = 0;
  await bench.act('prediction', 'content', async (lab) => {
    happened = await step.prediction(lab);
  });
  for (const [language, text] of Object.entries(texts)) {
    const count = text.prediction.options.length;
    if (happened < 1 || happened > count) {
      bench.blame('prediction', 'content', `what happens is option ${happened}, of ${count} in ${language}`);
    }
  }
}

interface Bench {
  checks: number[];
  faults: TrialFault[];
  blame(stage: string, kind: TrialFault['kind'], message: string): void;
  /** Does one thing; false, and blames it, when it throws. `blamed` is at fault when the cluster did not get there. */
  act(stage: string, blamed: 'content' | 'state', what: (lab: Lab) => Promise<void>): Promise<boolean>;
  /** The check must be red; with `mistake` given for that one, or, when undefined is given, for none. */
  undone(stage: string, ...mistake: [] | [string | undefined]): Promise<void>;
}

const actMs = 90_000;

function createBench({ step, view, texts }: TrialOptions): Bench {
  const faults: TrialFault[] = [];
  const checks: number[] = [];
  const blame: Bench['blame'] = (stage, kind, message) => void faults.push({ stage, kind, message });

  const timed = async (stage: string, what: (lab: Lab) => Promise<void>) => {
    const from = performance.now();
    try {
      await what(view(actMs));
    } finally {
      if (what === step.check) checks.push(Math.round(performance.now() - from));
    }
    return stage;
  };

  return {
    checks,
    faults,
    blame,
    async act(stage, blamed, what) {
      try {
        await timed(stage, what);
        return true;
      } catch (error) {
        const { finding, fault } = judge(error, step.look);
        if (finding) blame(stage, blamed, `expected ${finding.expected}, observed ${finding.observed}`);
        else blame(stage, fault?.kind === 'environment' ? 'environment' : 'content', fault?.message ?? '');
        return false;
      }
    },
    async undone(stage, ...wanted) {
      const thrown = await timed(stage, step.check).then(
        () => nothing,
        (error: unknown) => error,
      );
      if (thrown === nothing) return blame(stage, 'content', 'the check passes, and should not yet');
      const { finding, fault } = judge(thrown, step.look);
      if (fault) return blame(stage, fault.kind === 'environment' ? 'environment' : 'content', fault.message);
      const seen = finding?.mistake;
      if (wanted.length > 0 && seen !== wanted[0]) {
        const why = `expected ${finding?.expected}, observed ${finding?.observed}`;
        blame(
          stage,
          'content',
          `the check sees ${seen ?? 'no mistake'} in place of ${wanted[0] ?? 'none'}: ${why}`,
        );
      }
      for (const [language, text] of Object.entries(texts)) {
        const words = seen === undefined || text.mistakes[seen] !== undefined;
        if (!words) blame(stage, 'content', `no words for the mistake ${seen} in ${language}`);
      }
    },
  };
}

const nothing = Symbol('nothing was thrown');
