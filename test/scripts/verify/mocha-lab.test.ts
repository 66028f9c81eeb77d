import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { CheckFailure } from '../../../labs/check-failure.ts';
import type { Check, Lab } from '../../../labs/lab.ts';
import { WorkshopError } from '../../../lib/errors.ts';
import { run } from '../../../lib/exec.ts';
import { ApiError } from '../../../lib/kube/api-error.ts';
import type { LabPlace } from '../../../scripts/verify/lab-context.ts';
import { runAsMocha } from '../../../scripts/verify/mocha-lab.ts';
import type { CheckResult } from '../../../scripts/verify/results.ts';

/** The runner alone: checks that need no cluster, in a place that only notes what becomes of it. */
describe('running a lab as a mocha suite', () => {
  const cases: { what: string; run: Check['run']; timeoutMs?: number; result: Partial<CheckResult> }[] = [
    {
      what: 'a check that ends well, with the last thing it saw',
      run: async (lab) => {
        lab.seen('first');
        lab.seen('then');
      },
      result: { outcome: 'passed', seen: 'then' },
    },
    {
      what: "an assertion that fails, with the check's own place to look",
      run: async () => void expect(2, 'pods').to.equal(3),
      result: {
        outcome: 'failed',
        finding: { expected: 'pods: 3', observed: 'pods: 2', look: 'kubectl get pods' },
      },
    },
    {
      what: 'a finding that names another place to look',
      run: async () => {
        throw new CheckFailure({ expected: 'a', observed: 'b', look: 'the log' });
      },
      result: { outcome: 'failed', finding: { expected: 'a', observed: 'b', look: 'the log' } },
    },
    {
      what: 'a refusal of the API server',
      run: async () => {
        throw new ApiError(422, { message: 'port is invalid' });
      },
      result: {
        outcome: 'failed',
        finding: {
          expected: 'the API server to agree',
          observed: 'port is invalid',
          look: 'kubectl get pods',
        },
      },
    },
    {
      what: 'an API server that is away',
      run: async () => {
        throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      },
      result: { outcome: 'broken', fault: { message: 'connect ECONNREFUSED', kind: 'environment' } },
    },
    {
      what: 'a cluster that is not there',
      run: async () => {
        throw new WorkshopError('environment', 'could not open the cluster');
      },
      result: { outcome: 'broken', fault: { message: 'could not open the cluster', kind: 'environment' } },
    },
    {
      what: 'a check whose time is up',
      run: async (lab) => {
        lab.seen('two of three');
        await delay(60_000, undefined, { signal: lab.signal });
      },
      timeoutMs: 20,
      result: {
        outcome: 'failed',
        finding: {
          expected: 'an end within 0.02 s',
          observed: 'none; so far two of three',
          look: 'kubectl get pods',
        },
      },
    },
  ];
  for (const { what, run, timeoutMs, result } of cases) {
    it(`reports ${what}`, async () => {
      const [only] = await results([check(run, timeoutMs)]);
      expect(only).to.deep.include(result);
    });
  }

  it('names the line of a fault of the check itself', async () => {
    const [only] = await results([check(async () => void (undefined as unknown as { a: { b: 1 } }).a.b)]);
    expect(only?.outcome).to.equal('broken');
    expect(only?.fault?.kind).to.equal('bug');
    expect(only?.fault?.message).to.match(/mocha-lab\.test\.ts/);
  });

  it('fails every check when the set-up fails, and still cleans up', async () => {
    const place = fakePlace();
    const setUp = async () => {
      throw new CheckFailure({ expected: '3 ready pods', observed: 'no pod' });
    };
    const found = await results([check(async () => {}), check(async () => {})], { place, setUp });
    expect(found.map(({ outcome }) => outcome)).to.deep.equal(['failed', 'failed']);
    expect(found[0]?.finding?.observed).to.equal('no pod');
    expect(place.log).to.deep.equal(['open', 'close']);
  });

  const twice: [what: string, words: string[], told: object][] = [
    [
      'both errors of a set-up that fails after an exception that nobody caught',
      ['error', 'ill'],
      { fault: /^while the lab was set up: .*nobody caught this.*; then no node is ready$/ },
    ],
    [
      'the second error behind what the first one observed',
      ['finding', 'ill'],
      { observed: /^none; then no node is ready$/ },
    ],
    [
      'that exception alone when the set-up itself comes to a good end',
      ['error', 'well'],
      { fault: /nobody caught this(?!.*; then)/ },
    ],
  ];
  for (const [what, words, told] of twice) {
    it(`reports ${what}`, async () => {
      // In a process of its own: the exception would be given to this test, too.
      const command = ['--import', 'tsx', join(import.meta.dirname, 'fail-twice.ts'), ...words];
      const { stdout } = await run(process.execPath, command, { timeoutMs: 20_000 });
      const { results: found, log } = JSON.parse(stdout);
      expect(found).to.have.lengthOf(1);
      const { fault, finding } = found[0];
      const texts: Record<string, string> = { fault: fault?.message, observed: finding?.observed };
      for (const [place, text] of Object.entries(told)) expect(texts[place]).to.match(text);
      expect(log).to.deep.equal(['open', 'set up', 'close']);
    });
  }

  it('goes on after a failed check, in order', async () => {
    const found = await results([check(async () => void expect(1).to.equal(2)), check(async () => {})]);
    expect(found.map(({ outcome }) => outcome)).to.deep.equal(['failed', 'passed']);
  });

  it('ends when interrupted: the running check is cut off, the next never begins, the place is closed', async () => {
    const place = fakePlace();
    const interrupt = new AbortController();
    let begun = 0;
    const slow: Check['run'] = async (lab) => {
      begun++;
      interrupt.abort();
      await delay(60_000, undefined, { signal: lab.signal });
    };
    const found = await results([check(slow), check(slow)], { place, signal: interrupt.signal });
    expect(begun).to.equal(1);
    expect(found.map(({ outcome }) => outcome)).to.deep.equal(['broken', 'broken']);
    expect(place.log).to.deep.equal(['open', 'close']);
  });

  it('lets a test break something between set-up and checks', async () => {
    const order: string[] = [];
    await results([check(async () => void order.push('check'))], {
      setUp: async () => void order.push('set-up'),
      afterSetUp: async () => void order.push('break'),
    });
    expect(order).to.deep.equal(['set-up', 'break', 'check']);
  });
});

interface Extras {
  place?: LabPlace;
  signal?: AbortSignal;
  setUp?: (lab: Lab) => Promise<void>;
  afterSetUp?: (lab: Lab) => Promise<void>;
}

let count = 0;

function check(run: Check['run'], timeoutMs?: number): Check {
  const title = `check number ${++count}`;
  return {
    claims: ['X-01'],
    title,
    look: 'kubectl get pods',
    run,
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}

async function results(checks: Check[], extras: Extras = {}): Promise<CheckResult[]> {
  const { place = fakePlace(), signal = new AbortController().signal, setUp, afterSetUp } = extras;
  const found: CheckResult[] = [];
  const lab = { id: '99-test', title: 'A lab', checks, ...(setUp && { setUp }) };
  await runAsMocha(
    { lab, checks },
    { place, signal, afterSetUp, onResult: (result) => void found.push(result) },
  );
  return found;
}

function fakePlace(): LabPlace & { log: string[] } {
  const log: string[] = [];
  return {
    namespace: 'lab-99-test',
    log,
    open: async () => void log.push('open'),
    close: async () => void log.push('close'),
    lab: (signal, seen) => ({ signal, seen, namespace: 'lab-99-test' }) as Lab,
  };
}
