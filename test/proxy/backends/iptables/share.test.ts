import { expect } from 'chai';
import fc from 'fast-check';
import { share } from '../../../../proxy/backends/iptables/chains.ts';
import { asPrinted } from '../../../../proxy/backends/iptables/plan.ts';

describe('the picking of an endpoint by a chain of rules', function () {
  this.timeout(30_000);

  it('gives every endpoint the same chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), (count) => {
        for (const chance of chances(count)) expect(chance * count).to.be.closeTo(1, 1e-5);
      }),
      { numRuns: 50 },
    );
  });

  it('would not, were the chances those of a single throw', () => {
    const [, second = 0] = chances(3, () => 1 / 3);
    expect(second * 3).to.be.not.closeTo(1, 0.1);
  });

  it("has kube-proxy's ten digits", () => {
    expect(share(3, 'random')).to.equal('-m statistic --mode random --probability 0.3333333333');
  });

  it('is known again in the words of iptables-save, which shows what the kernel made of the number', () => {
    const printed = '-m statistic --mode random --probability 0.33333333349 -j X';
    expect(asPrinted('-m statistic --mode random --probability 0.3333333333 -j X')).to.equal(printed);
  });

  it('goes strictly round in scheduler rr', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (count) => {
        const pick = rotation(count);
        const seen = Array.from({ length: 3 * count }, pick);
        expect(seen).to.eql(seen.map((_, i) => i % count));
      }),
      { numRuns: 20 },
    );
  });
});

/** The chance of each of the rules to be the one, as the kernel rounds the numbers. */
function chances(count: number, of = chanceOf): number[] {
  let left = 1;
  return Array.from({ length: count }, (_, i) => {
    const own = i === count - 1 ? left : left * of(count - i);
    left -= own;
    return own;
  });
}

function chanceOf(left: number): number {
  const [, number] = / --probability ([0-9.]+) /.exec(asPrinted(`${share(left, 'random')} -j X`)) ?? [];
  return Number(number);
}

/** What xt_statistic's mode nth does: each rule counts the packets that get to it. */
function rotation(count: number): () => number {
  const rules = Array.from({ length: count - 1 }, (_, i) => {
    const [, every = '', packet = ''] = /--every (\d+) --packet (\d+)/.exec(share(count - i, 'rr')) ?? [];
    return { every: Number(every), packet: Number(packet), seen: 0 };
  });
  return () => {
    const at = rules.findIndex((rule) => rule.seen++ % rule.every === rule.packet);
    return at < 0 ? count - 1 : at;
  };
}
