import { expect } from 'chai';
import { waitFor } from '../../../lib/wait.ts';
import { createFaultStage, type FaultStage, type Needs } from './fault-stage.ts';

/** What a program may do, as the rest of a sentence that begins with it, and how a proxy is to bear that. */
export interface FaultCase {
  readonly title: string;
  /** Answers that a pod may get meanwhile; by default those of the endpoint before and the one after. */
  readonly right?: RegExp;
  readonly run: (t: FaultStage) => Promise<void>;
  /** Makes good again what the next case would meet. */
  readonly afterwards?: (t: FaultStage) => Promise<void>;
}

/** Defines for mocha: a proxy of that mode bears what its programs may do, the same in all modes and `own` beside it. */
export function describeFaults(needs: Needs, own: readonly FaultCase[]): void {
  describe(`a proxy of mode ${needs.mode} whose ${needs.writer}`, function () {
    this.timeout(60_000);
    let t: FaultStage;

    before(async () => {
      t = await createFaultStage(needs);
    });

    afterEach(function () {
      if (this.currentTest?.state === 'failed') process.stderr.write(t.log().slice(-4000));
    });

    after(() => t?.world.close());

    for (const { title, right = /^(a1|b1)$/, run, afterwards } of [...faults, ...own]) {
      it(title, async () => {
        await t.reset();
        await t.meanwhile(right, () => run(t)).finally(() => afterwards?.(t));
      });
    }
  });
}

const faults: readonly FaultCase[] = [
  {
    title: 'fails keeps the old rules, is unwell while a change waits, and catches up',
    async run(t) {
      const before = await t.failures();
      const writer = t.program(t.needs.writer);
      writer.become('fail');
      t.endpoints(['b1']);
      await t.eventually('several failures', async () => (await t.failures()) > before + 2);
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      await t.healthz(503);
      expect(t.log()).to.include('it was made to fail');
      writer.become('none');
      await t.answersOf('b1');
      await t.healthz(200);
    },
  },
  {
    title: 'cannot look is unwell also when no change waits: nobody knows whether the rules are right',
    async run(t) {
      const reader = t.program(t.needs.reader);
      reader.become('fail');
      await t.healthz(503);
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      reader.become('none');
      await t.healthz(200);
    },
  },
  {
    title: 'hangs keeps the old rules, and goes on when the time limit has ended that one',
    async run(t) {
      await t.restart({ hurry: true });
      await t.settled();
      const before = await t.failures();
      const writer = t.program(t.needs.writer);
      writer.become('hang');
      t.endpoints(['b1']);
      await t.eventually('the time limit', async () => (await t.failures()) > before);
      expect(t.log()).to.match(/no end after|did not end in time/);
      await t.healthz(503);
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      writer.become('none');
      await t.answersOf('b1');
      await t.healthz(200);
    },
    afterwards: (t) => t.restart(),
  },
  ...(['killed-before', 'killed-after'] as const).map(
    (fault): FaultCase => ({
      title: `is ${fault.replace('-', ' ')} its work: the full sync that follows makes it right`,
      right: /^(a1|b1|b2)$/,
      async run(t) {
        const before = await t.failures();
        const writer = t.program(t.needs.writer);
        writer.become(fault);
        t.endpoints(['b1', 'b2']);
        await t.eventually('a failure', async () => (await t.failures()) > before);
        writer.become('none');
        await t.settled();
        const seen = new Set<string | undefined>();
        await t.eventually('both endpoints', async () => {
          seen.add((await t.names('c1', t.vip(80), 80))[0]);
          return seen.has('b1') && seen.has('b2');
        });
        await t.settled();
        expect(await t.names('c1', t.vip(80), 80, { times: 4 })).not.to.include('a1');
      },
    }),
  ),
  {
    title: 'is taken away keeps the old rules, says so, and catches up when it is back',
    async run(t) {
      await t.takeAway();
      t.endpoints(['b1']);
      const said = () => t.log().includes(`could not run ${t.needs.writer}: no such program`);
      await waitFor(said, { what: 'the message', timeoutMs: 15_000 });
      expect(await t.names('c1', t.vip(80), 80)).to.eql(['a1']);
      await t.giveBack();
      await t.answersOf('b1');
    },
  },
];
