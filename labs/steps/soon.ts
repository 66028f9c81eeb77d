import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '../lab.ts';
import { type Answer, firstRefusal } from './requests.ts';

/**
 * Asks again until the answers are good, at most a few seconds long but twice at least, and gives the last ones. The proxies hear
 * of a Service from the API, a moment after the one who made it.
 */
export async function soon(
  lab: Pick<Lab, 'signal' | 'pace'>,
  ask: () => Promise<Answer[]>,
  isGood: (answers: Answer[]) => boolean = (answers) => firstRefusal(answers) === undefined,
): Promise<Answer[]> {
  const { pace = 1 } = lab;
  const deadline = performance.now() + patienceMs * pace;
  for (let asked = 1; ; asked++) {
    const answers = await ask();
    // On a busy machine one round of requests takes longer than the proxies do.
    if (isGood(answers) || (asked > 1 && performance.now() > deadline)) return answers;
    await delay(pauseMs * pace, undefined, { signal: lab.signal });
  }
}

const patienceMs = 3000;
const pauseMs = 100;
