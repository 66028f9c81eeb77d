import { expect } from 'chai';
import { createHealth } from '../../../proxy/health/health.ts';

describe('the health of the proxy', () => {
  it('is bad when a change has waited longer than the patience, and good again when it is in the kernel', () => {
    let now = 1000;
    const health = createHealth(
      () => 100,
      () => now,
    );
    health.queued();
    now += 99;
    expect(health.well()).to.equal(true);
    now += 1;
    expect(health.well()).to.equal(false);
    health.synced(now);
    expect(health.well()).to.equal(true);
  });

  it('stays bad when only older changes were written', () => {
    let now = 1000;
    const health = createHealth(
      () => 100,
      () => now,
    );
    now += 10;
    health.queued();
    now += 100;
    health.synced(1005);
    expect(health.well()).to.equal(false);
  });

  for (const [what, jump] of [
    ['an hour ahead', 3_600_000],
    ['an hour back', -3_600_000],
  ] as const) {
    it(`does not change when the time of day is set ${what}`, () => {
      const real = Date.now;
      try {
        const patient = createHealth(() => 60_000);
        const impatient = createHealth(() => 0);
        for (const health of [patient, impatient]) health.queued();
        Date.now = () => real() + jump;
        expect(patient.well()).to.equal(true);
        expect(impatient.well()).to.equal(false);
        expect(Math.abs(patient.lastUpdated().getTime() - Date.now())).to.be.lessThan(60_000);
      } finally {
        Date.now = real;
      }
    });
  }
});
