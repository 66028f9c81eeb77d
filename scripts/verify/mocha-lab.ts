import Mocha from 'mocha';
import type { Check, Lab } from '../../labs/lab.ts';
import { judge, tooSlow } from './judgement.ts';
import type { LabPlace } from './lab-context.ts';
import type { CheckResult } from './results.ts';
import type { Chosen } from './selection.ts';

export interface MochaLabOptions {
  place: LabPlace;
  signal: AbortSignal;
  onResult: (result: CheckResult) => void;
  /** Called between the lab's set-up and its checks; tests break something there. */
  afterSetUp?: ((lab: Lab) => Promise<void>) | undefined;
}

/**
 * Runs the chosen checks of one lab as a mocha suite: set-up, one test for each check, clean-up whatever happens.
 * Where the API server is away the namespaces stay; the next run sweeps them.
 */
export async function runAsMocha(chosen: Chosen, options: MochaLabOptions): Promise<void> {
  const { lab, checks } = chosen;
  const { place, signal, afterSetUp } = options;
  const collector = createCollector(chosen, options);
  const mocha = new Mocha({ reporter: collector.reporter, timeout: 0 });
  const suite = Mocha.Suite.create(mocha.suite, lab.title);
  suite.beforeAll('set-up', async () => {
    await place.open(signal);
    const view = place.lab(
      AbortSignal.any([signal, AbortSignal.timeout(setUpMs * (place.pace ?? 1))]),
      () => {},
    );
    await lab.setUp?.(view);
    await afterSetUp?.(view);
  });
  for (const check of checks) {
    suite.addTest(new Mocha.Test(check.title, () => runCheck(check, place, signal, collector.seen(check))));
  }
  const stop = () => runner.abort();
  const { runner, ended } = start(mocha);
  signal.addEventListener('abort', stop, { once: true });
  await ended;
  signal.removeEventListener('abort', stop);
  mocha.dispose();
  await place.close().catch(() => {});
  collector.finish();
}

const setUpMs = 45_000;

function start(mocha: Mocha): { runner: Mocha.Runner; ended: Promise<void> } {
  let runner: Mocha.Runner | undefined;
  const ended = new Promise<void>((resolve) => {
    runner = mocha.run(() => resolve());
  });
  return { runner: runner as unknown as Mocha.Runner, ended };
}

const checkMs = 30_000;

async function runCheck(check: Check, place: LabPlace, signal: AbortSignal, seen: Notes): Promise<void> {
  const ms = (check.timeoutMs ?? checkMs) * (place.pace ?? 1);
  const timeUp = AbortSignal.timeout(ms);
  try {
    await check.run(place.lab(AbortSignal.any([signal, timeUp]), seen.note));
  } catch (error) {
    throw timeUp.aborted ? tooSlow(ms, seen.last()) : error;
  }
}

interface Notes {
  note: (text: string) => void;
  last: () => string;
}

interface Collector {
  reporter: Mocha.ReporterConstructor;
  seen: (check: Check) => Notes;
  /** Results for the checks that never ran, because the set-up failed or the run was ended. */
  finish: () => void;
}

function createCollector({ lab, checks }: Chosen, { onResult }: MochaLabOptions): Collector {
  const byTitle = new Map(checks.map((check) => [check.title, check]));
  const notes = new Map<Check, string>();
  const open = new Set(checks);
  let setUpFault: unknown;

  function report(check: Check, ms: number, rest: Pick<CheckResult, 'outcome' | 'finding' | 'fault'>): void {
    if (!open.delete(check)) return;
    onResult({
      lab: lab.id,
      claims: check.claims,
      title: check.title,
      seen: notes.get(check) ?? '',
      ms,
      ...rest,
    });
  }

  function listen(runner: Mocha.Runner): void {
    // Mocha gives an exception that nobody caught to whatever runs in any lab. What fails by itself after that has failed already;
    // an `error` event that nobody hears would end the program, and every lab's results with it.
    for (const event of ['hook', 'test'])
      runner.on(event, (each: Mocha.Runnable) => each.on('error', () => {}));
    runner.on('pass', (test) => {
      const check = byTitle.get(test.title);
      if (check) report(check, test.duration ?? 0, { outcome: 'passed' });
    });
    runner.on('fail', (test, error: unknown) => {
      const check = byTitle.get(test.title);
      if (check) report(check, test.duration ?? 0, judge(error, check.look));
      else setUpFault = error;
    });
  }

  return {
    reporter: listen as unknown as Mocha.ReporterConstructor,
    seen: (check) => ({
      note: (text) => void notes.set(check, text),
      last: () => notes.get(check) ?? '',
    }),
    finish() {
      const interrupted = {
        outcome: 'broken' as const,
        fault: { message: 'interrupted', kind: 'environment' as const },
      };
      for (const check of [...open]) {
        const why = setUpFault === undefined ? interrupted : judge(setUpFault, check.look);
        const prefix = 'while the lab was set up: ';
        if (why.fault) why.fault = { ...why.fault, message: prefix + why.fault.message };
        report(check, 0, why);
      }
    },
  };
}
