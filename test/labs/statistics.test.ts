import { expect } from 'chai';
import { fairnessP, rotationBreak, tally } from '../../labs/statistics.ts';

describe('telling rotation from chance', () => {
  const sequences = [
    { what: 'two full turns', names: 'abcabc', size: 3, at: undefined },
    { what: 'a turn cut off', names: 'abcab', size: 3, at: undefined },
    { what: 'a name twice in the first turn', names: 'aabc', size: 3, at: 1 },
    { what: 'another order in the second turn', names: 'abcacb', size: 3, at: 4 },
    { what: 'a step left out', names: 'abcabab', size: 3, at: 5 },
    { what: 'a name that should not be there', names: 'abcabx', size: 3, at: 5 },
    { what: 'one pod alone', names: 'aaaa', size: 1, at: undefined },
  ];
  for (const { what, names, size, at } of sequences) {
    it(`${at === undefined ? 'accepts' : 'finds the fault in'} ${what}`, () => {
      expect(rotationBreak([...names], size)).to.equal(at);
    });
  }

  it('counts names, most frequent first', () => {
    expect([...tally([...'abcbcc'])]).to.deep.equal([
      ['c', 3],
      ['b', 2],
      ['a', 1],
    ]);
  });

  // From the chi-square distribution's tables: 5.991 is the 5 % point at 2 degrees of freedom, 3.841 at 1, 7.815 at 3.
  const tables = [
    { counts: [100, 100], p: 1 },
    { counts: [50 + Math.sqrt((3.841 * 50) / 2), 50 - Math.sqrt((3.841 * 50) / 2)], p: 0.05 },
    { counts: [100 + Math.sqrt((5.991 * 100) / 2), 100 - Math.sqrt((5.991 * 100) / 2), 100], p: 0.05 },
    { counts: [100 + Math.sqrt((7.815 * 100) / 2), 100 - Math.sqrt((7.815 * 100) / 2), 100, 100], p: 0.05 },
    { counts: [30, 30, 30, 30, 30], p: 1 },
  ];
  for (const { counts, p } of tables) {
    it(`gives ${counts.map(Math.round)} the probability ${p}`, () => {
      expect(fairnessP(counts)).to.be.closeTo(p, 1e-3);
    });
  }

  it('finds a pod that is never picked out of three, and a lopsided pick, beyond a millionth', () => {
    expect(fairnessP([120, 120, 0])).to.be.lessThan(1e-6);
    expect(fairnessP([140, 50, 50])).to.be.lessThan(1e-6);
    expect(fairnessP([95, 70, 75])).to.be.greaterThan(1e-6);
  });

  it('has nothing to say about one pod, or about no request', () => {
    expect(fairnessP([240])).to.equal(1);
    expect(fairnessP([0, 0, 0])).to.equal(1);
  });
});
