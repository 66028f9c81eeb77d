import { setTimeout as delay, setImmediate as soon } from 'node:timers/promises';
import { CheckFailure } from '../../../labs/check-failure.ts';
import type { Lab } from '../../../labs/lab.ts';
import type { LabPlace } from '../../../scripts/verify/lab-context.ts';
import { runAsMocha } from '../../../scripts/verify/mocha-lab.ts';
import type { CheckResult } from '../../../scripts/verify/results.ts';

/**
 * Runs a lab during whose set-up an exception is thrown that nobody catches, an assertion with the word `finding`; then the set-up
 * itself fails, or with the word `well` does not. Prints the results and what became of the lab's place.
 */
const [first, second] = process.argv.slice(2);
const log: string[] = [];
const results: CheckResult[] = [];
const place: LabPlace = {
  namespace: 'lab-99-test',
  open: async () => void log.push('open'),
  close: async () => void log.push('close'),
  lab: (signal, seen) => ({ signal, seen, namespace: 'lab-99-test' }) as Lab,
};
const lab = {
  id: '99-test',
  title: 'A lab',
  checks: [{ claims: ['X-01'], title: 'a check', look: 'kubectl get pods', run: async () => {} }],
  async setUp() {
    setImmediate(() => {
      if (first === 'finding') throw new CheckFailure({ expected: 'a pod', observed: 'none' });
      throw new Error('nobody caught this');
    });
    await soon();
    await delay(50);
    log.push('set up');
    if (second !== 'well') throw new Error('no node is ready');
  },
};
const options = { place, signal: new AbortController().signal };
await runAsMocha(
  { lab, checks: lab.checks },
  { ...options, onResult: (result) => void results.push(result) },
);
process.stdout.write(JSON.stringify({ results, log }));
