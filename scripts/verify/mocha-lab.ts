import Mocha from 'mocha';
import type { Check, Lab } from '../../labs/lab.ts';
import { messageOf } from '../../lib/errors.ts';
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
  const { place, signal } = options;
  const collector = createCollector(chosen, options);
  const mocha = new Mocha({ reporter: collector.reporter, timeout: 0 });
  const suite = Mocha.Suite.create(mocha.suite, lab.title);
  let settingUp = Promise.resolve();
  suite.beforeAll('set-up', () => {
    settingUp = setUp(lab, options);
    return settingUp;
  });
  for (const check of checks) {
    suite.addTest(new Mocha.Test(check.title, () => runCheck(check, place, signal, collector.seen(check))));
  }
  const stop = () => runner.abort();
  const { runner, ended } = start(mocha);
  signal.addEventListener('abort', stop, { once: true });
  await ended;
  signal.removeEventListener('abort', stop);
  // An exception that nobody caught ends the hook, not what the hook has begun; how that ends is told, too.
  await settingUp.catch(() => {});
  mocha.dispose();
  await place.close().catch(() => {});
  collector.finish();
}

const setUpMs = 45_000;

async function setUp(lab: Chosen['lab'], { place, signal, afterSetUp }: MochaLabOptions): Promise<void> {
  await place.open(signal);
  const view = place.lab(
    AbortSignal.any([signal, AbortSignal.timeout(setUpMs * (place.pace ?? 1))]),
    () => {},
  );
  await lab.setUp?.(view);
  await afterSetUp?.(view);
}

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
  let secondFault: unknown;

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
    runner.on('test', (test) => test.on('error', () => {}));
    runner.on('hook', (hook) =>
      hook.on('error', ({ value }: { value?: unknown }) => {
        secondFault = value;
      }),
    );
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
        report(check, 0, whileSettingUp(why, secondFault));
      }
    },
  };
}

/** The judgement of a set-up that failed, for a check that therefore never ran. */
function whileSettingUp<T extends Pick<CheckResult, 'finding' | 'fault'>>(why: T, second: unknown): T {
  const more = second === undefined ? '' : `; then ${messageOf(second)}`;
  if (why.finding) return { ...why, finding: { ...why.finding, observed: why.finding.observed + more } };
  if (!why.fault) return why;
  return {
    ...why,
    fault: { ...why.fault, message: `while the lab was set up: ${why.fault.message}${more}` },
  };
}
