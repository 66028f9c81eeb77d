import { expect } from 'chai';
import { findLab, findStep, isStepWord } from '../../../labs/course/find-step.ts';
import type { LabOutline } from '../../../labs/course/outline.ts';

const outline: LabOutline[] = [
  lab('01-pods', ['10-three-pods', '20-a-pod-replaced']),
  lab('02-dns', ['10-names', '20-headless']),
];

function lab(name: string, steps: string[]): LabOutline {
  const refs = steps.map((step) => ({ key: `${name}/${step}`, lab: name, step, folder: '' }));
  return { lab: name, folder: '', steps: refs };
}

describe('a word for a step', () => {
  const cases: [word: string, near: string | undefined, key: string][] = [
    ['01-pods/10-three-pods', undefined, '01-pods/10-three-pods'],
    ['pods/three-pods', undefined, '01-pods/10-three-pods'],
    ['02/20', undefined, '02-dns/20-headless'],
    ['headless', undefined, '02-dns/20-headless'],
    ['headless', '01-pods', '02-dns/20-headless'],
    ['20', '01-pods', '01-pods/20-a-pod-replaced'],
    ['20', '02-dns', '02-dns/20-headless'],
  ];
  for (const [word, near, key] of cases) {
    it(`${word}${near ? ` in ${near}` : ''} is ${key}`, () => {
      expect(findStep(outline, word, near).key).to.equal(key);
    });
  }

  it('that fits several names them', () => {
    expect(() => findStep(outline, '10')).to.throw('it may be 01-pods/10-three-pods or 02-dns/10-names');
  });

  it('that fits none says what was meant', () => {
    expect(() => findStep(outline, 'headles')).to.throw('no such step; did you mean headless?');
  });

  it('is told from one for a lab or a claim', () => {
    const meant = (word: string) => [isStepWord(outline, word, '01-pods'), findLab(outline, word)?.lab];
    expect(meant('dns')).to.deep.equal([false, '02-dns']);
    expect(meant('02')).to.deep.equal([false, '02-dns']);
    expect(meant('L-08')).to.deep.equal([false, undefined]);
    expect(meant('20')).to.deep.equal([true, undefined]);
    expect(meant('dns/nothing')).to.deep.equal([true, undefined]);
  });
});
