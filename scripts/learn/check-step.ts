import type { Finding } from '../../labs/check-failure.ts';
import { isAbort, WorkshopError } from '../../lib/errors.ts';
import { judge, tooSlow } from '../verify/judgement.ts';
import type { Failure } from './events.ts';
import type { Session } from './session.ts';

/** What a step's check came to. */
export type StepResult = { ok: true; ms: number } | { ok: false; ms: number; finding: Finding };

/** A check that lasts longer is told to be too slow; most are over within three seconds. */
const checkMs = 30_000;

/** Looks whether the step is done. Throws WorkshopError: `environment` when the cluster is away, `bug` for a fault of the check. */
export async function checkStep(session: Session): Promise<StepResult> {
  const { step, ref } = session;
  const started = performance.now();
  const lab = session.view(checkMs);
  try {
    await step.check(lab);
    return { ok: true, ms: Math.round(performance.now() - started) };
  } catch (error) {
    const ms = Math.round(performance.now() - started);
    const late = lab.signal.aborted && ms >= checkMs;
    const { finding, fault } = judge(late ? tooSlow(checkMs, '') : error, step.look);
    if (finding) return { ok: false, ms, finding };
    throw new WorkshopError(fault?.kind ?? 'bug', `could not check ${ref.key}: ${fault?.message}`, {
      cause: error,
    });
  }
}

const predictionMs = 30_000;

/** The number of the option that came true; undefined when it could not be found out, which is no reason to stop. */
export async function whatHappened(session: Session): Promise<number | undefined> {
  try {
    return await session.step.prediction(session.view(predictionMs));
  } catch (error) {
    if (isAbort(error)) throw error;
    return undefined;
  }
}

/** A finding as it is kept. */
export function failureOf({ expected, observed, mistake }: Finding): Failure {
  return { expected, observed, ...(mistake !== undefined && { mistake }) };
}
