import { expect } from 'chai';
import { labs } from '../../../labs/index.ts';
import { WorkshopError } from '../../../lib/errors.ts';
import { choose } from '../../../scripts/verify/selection.ts';

describe('choosing what to verify', () => {
  const claimsOf = (words: string[], grep?: string) =>
    choose(labs, words, grep).flatMap(({ checks }) => checks.flatMap((check) => check.claims));

  const cases = [
    { words: ['L-08'], claims: ['L-08'] },
    { words: ['l-08', 'L-01'], claims: ['L-01', 'L-08'] },
    { words: ['06-environment'], claims: ['L-09', 'R-07'] },
    { words: ['environment'], claims: ['L-09', 'R-07'] },
    { words: ['06'], claims: ['L-09', 'R-07'] },
    { words: [], grep: 'round', claims: [] },
    { words: [], grep: 'NodePort', claims: ['L-14'] },
    { words: ['06'], grep: 'printenv', claims: ['R-07'] },
  ];
  for (const { words, grep, claims } of cases) {
    const how = [...words, ...(grep === undefined ? [] : [`--grep ${grep}`])].join(' ');
    it(`"${how}" chooses ${claims.join(' ') || 'none'}`, () => {
      expect(claimsOf(words, grep)).to.deep.equal(claims);
    });
  }

  it('chooses every check without words', () => {
    expect(claimsOf([])).to.have.lengthOf(labs.flatMap(({ checks }) => checks).length);
  });

  const refused = [
    { word: 'L-99', text: /no such lab or claim/ },
    { word: 'envronment', text: /did you mean environment/ },
    { word: 'P-04', text: /no check proves this claim yet/ },
  ];
  for (const { word, text } of refused) {
    it(`refuses ${word} as a usage error`, () => {
      expect(() => choose(labs, [word]))
        .to.throw(WorkshopError, text)
        .with.property('fault', 'usage');
    });
  }
});
