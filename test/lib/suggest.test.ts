import { expect } from 'chai';
import { didYouMean, suggest } from '../../lib/suggest.ts';

describe('suggest', () => {
  const known = ['up', 'down', 'status', 'kubeconfig', 'verify'];
  const cases: [string, string | undefined][] = [
    ['statsu', 'status'],
    ['kubeconfg', 'kubeconfig'],
    ['Verify', 'verify'],
    ['uo', 'up'],
    ['dwon', 'down'],
    ['xyzzy', undefined],
    ['', undefined],
  ];
  for (const [word, expected] of cases) {
    it(`suggests ${expected ?? 'nothing'} for "${word}"`, () =>
      expect(suggest(word, known)).to.equal(expected));
  }

  it('makes half a sentence of it', () => {
    expect(didYouMean('statsu', known)).to.equal('; did you mean status?');
    expect(didYouMean('xyzzy', known)).to.equal('');
  });
});
