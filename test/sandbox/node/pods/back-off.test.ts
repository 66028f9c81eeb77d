import { expect } from 'chai';
import { createBackOff } from '../../../../sandbox/node/pods/back-off.ts';

describe('back-off', () => {
  it('lets the first attempt through, then waits 10 s, 20 s … 300 s from the failure', () => {
    let now = 0;
    const backOff = createBackOff(() => now);
    expect(backOff.remaining('a', 0)).to.equal(0);
    const delays = Array.from({ length: 7 }, () => {
      backOff.next('a');
      const wait = backOff.remaining('a', now);
      now += wait;
      return wait / 1000;
    });
    expect(delays).to.deep.equal([10, 20, 40, 80, 160, 300, 300]);
  });

  it('counts from the failure, not from now', () => {
    let now = 0;
    const backOff = createBackOff(() => now);
    backOff.next('a');
    now = 4000;
    expect(backOff.remaining('a', 1000)).to.equal(7000);
  });

  it('forgets after ten quiet minutes', () => {
    let now = 0;
    const backOff = createBackOff(() => now);
    backOff.next('a');
    now = 600_001;
    expect(backOff.remaining('a', now)).to.equal(0);
    backOff.next('a');
    expect(backOff.delayOf('a')).to.equal(10_000);
  });

  it('keeps keys apart', () => {
    const backOff = createBackOff(() => 0);
    backOff.next('a');
    expect(backOff.remaining('b', 0)).to.equal(0);
  });
});
