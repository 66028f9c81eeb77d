import { expect } from 'chai';
import { CheckFailure, demand, findingOf } from '../../labs/check-failure.ts';

describe('what a failing check says', () => {
  const cases = [
    {
      what: 'an equality of chai, with its subject',
      act: () => expect('None', 'sessionAffinity').to.equal('ClientIP'),
      finding: { expected: 'sessionAffinity: ClientIP', observed: 'sessionAffinity: None' },
    },
    {
      what: 'lists',
      act: () => expect(['b'], 'pods').to.deep.equal(['a', 'b']),
      finding: { expected: "pods: [ 'a', 'b' ]", observed: "pods: [ 'b' ]" },
    },
    {
      what: 'a comparison to undefined',
      act: () => expect('connection refused', 'no answer').to.equal(undefined),
      finding: {
        expected: "no answer: expected 'connection refused' to equal undefined",
        observed: 'no answer: connection refused',
      },
    },
    {
      what: 'a sentence of the check itself',
      act: () => demand(false, { expected: 'three pods', observed: 'two', look: 'kubectl get pods' }),
      finding: { expected: 'three pods', observed: 'two', look: 'kubectl get pods' },
    },
  ];
  for (const { what, act, finding } of cases) {
    it(`is expected and observed, for ${what}`, () => {
      expect(findingOf(caught(act))).to.deep.equal(finding);
    });
  }

  it('is cut when it is very long', () => {
    const finding = findingOf(caught(() => expect('x'.repeat(5000), 'text').to.equal('y')));
    expect(finding?.observed.length).to.be.lessThan(400);
  });

  it('is nothing for a fault of another kind', () => {
    expect(findingOf(new TypeError('x is not a function'))).to.equal(undefined);
    expect(findingOf('thrown text')).to.equal(undefined);
  });

  it('reads as one sentence in a log', () => {
    expect(new CheckFailure({ expected: 'a', observed: 'b' }).message).to.equal('expected a; observed b');
  });
});

function caught(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
