import { expect } from 'chai';
import type { Check, LabDefinition } from '../../../labs/lab.ts';
import { WorkshopError } from '../../../lib/errors.ts';
import { choose } from '../../../scripts/verify/selection.ts';

const check = (claim: string, title: string): Check => ({
  claims: [claim],
  title,
  look: '',
  run: async () => {},
});

/** A small course: the real one grows, and its tests are elsewhere. */
const labs: readonly LabDefinition[] = [
  { id: '01-pods', title: 'Pods', checks: [check('L-01', 'each pod answers')] },
  { id: '03-who-answers', title: 'Who answers', checks: [check('L-08', 'in turn')] },
  {
    id: '06-environment',
    title: 'Environment variables',
    checks: [check('L-09', 'eight variables'), check('R-07', 'printenv shows them')],
  },
  { id: '08-nodeport', title: 'A Service of type NodePort', checks: [check('L-14', 'every node')] },
];

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
