import { expect } from 'chai';
import { type Clock, createRunner } from '../../lib/runner.ts';

/** A clock that stands still until it is moved; timers fire in order of their time. */
function handClock(): Clock & { pass: (ms: number) => Promise<void> } {
  let time = 0;
  let timers: { at: number; callback: () => void }[] = [];
  return {
    now: () => time,
    setTimer(callback, ms) {
      const timer = { at: time + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async pass(ms) {
      const end = time + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((timer) => timer !== next);
        time = next.at;
        next.callback();
        await new Promise(setImmediate);
      }
      time = end;
    },
  };
}

function fixture(task: () => Promise<void>) {
  const clock = handClock();
  const errors: unknown[] = [];
  const timing = { minMs: 1000, retryMs: 5000, maxMs: 60_000 };
  return { clock, errors, runner: createRunner(task, timing, (error) => errors.push(error), clock) };
}

describe('runner', () => {
  it('does nothing before the first request', async () => {
    let runs = 0;
    const { clock } = fixture(async () => void runs++);
    await clock.pass(600_000);
    expect(runs).to.equal(0);
  });

  it('serves requests of the same moment by one run, and keeps the least distance', async () => {
    let runs = 0;
    const { clock, runner } = fixture(async () => void runs++);
    for (let i = 0; i < 5; i++) runner.request();
    await clock.pass(1);
    expect(runs).to.equal(1);
    runner.request();
    await clock.pass(500);
    expect(runs).to.equal(1);
    await clock.pass(500);
    expect(runs).to.equal(2);
  });

  it('runs again for a request that came during a run, and never twice at once', async () => {
    let runs = 0;
    let atOnce = 0;
    const ends: (() => void)[] = [];
    const { clock, runner } = fixture(async () => {
      runs++;
      expect(++atOnce).to.equal(1);
      await new Promise<void>((resolve) => ends.push(resolve));
      atOnce--;
    });
    runner.request();
    await clock.pass(1);
    runner.request();
    runner.request();
    await clock.pass(10_000);
    expect(runs).to.equal(1);
    ends.shift()?.();
    await new Promise(setImmediate);
    await clock.pass(1000);
    expect(runs).to.equal(2);
    ends.shift()?.();
  });

  it('tries again after a failure, and tells of it', async () => {
    let runs = 0;
    const { clock, runner, errors } = fixture(async () => {
      if (++runs === 1) throw new Error('nft is missing');
    });
    runner.request();
    await clock.pass(4999);
    expect([runs, errors.length]).to.deep.equal([1, 1]);
    await clock.pass(2);
    expect(runs).to.equal(2);
  });

  it('runs at least every maxMs', async () => {
    let runs = 0;
    const { clock, runner } = fixture(async () => void runs++);
    runner.request();
    await clock.pass(180_001);
    expect(runs).to.equal(4);
  });

  it('stops for good', async () => {
    let runs = 0;
    const { clock, runner } = fixture(async () => void runs++);
    runner.request();
    await clock.pass(1);
    await runner.stop();
    runner.request();
    await clock.pass(600_000);
    expect(runs).to.equal(1);
  });
});
