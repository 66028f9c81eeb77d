import { expect } from 'chai';
import { type LabelSelector, matchesSelector } from '../../../lib/kube/selector.ts';
import { toleratesTaint } from '../../../sandbox/controllers/taints.ts';

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front', size: '3' };
  const expression = (key: string, operator: string, ...values: string[]): LabelSelector => ({
    matchExpressions: [{ key, operator, values }],
  });
  const cases: [string, LabelSelector | undefined, boolean][] = [
    ['no selector matches nothing', undefined, false],
    ['an empty one matches everything', {}, true],
    ['all labels must be there', { matchLabels: { app: 'web', tier: 'front' } }, true],
    ['one wrong value is enough to fail', { matchLabels: { app: 'web', tier: 'back' } }, false],
    ['In', expression('tier', 'In', 'back', 'front'), true],
    ['In fails for an absent label', expression('none', 'In', 'x'), false],
    ['NotIn', expression('tier', 'NotIn', 'back'), true],
    ['NotIn holds for an absent label', expression('none', 'NotIn', 'x'), true],
    ['Exists', expression('tier', 'Exists'), true],
    ['Exists fails', expression('none', 'Exists'), false],
    ['DoesNotExist', expression('none', 'DoesNotExist'), true],
    ['Gt compares numbers', expression('size', 'Gt', '2'), true],
    ['Lt compares numbers', expression('size', 'Lt', '2'), false],
    ['an unknown operator matches nothing', expression('tier', 'Like', 'f'), false],
  ];
  for (const [title, selector, expected] of cases) {
    it(title, () => expect(matchesSelector(selector, labels)).to.equal(expected));
  }
});

describe('tolerations', () => {
  const taint = { key: 'disk', value: 'slow', effect: 'NoSchedule' };
  const cases: [string, Parameters<typeof toleratesTaint>[0], boolean][] = [
    ['none tolerate nothing', undefined, false],
    ['equal value', [{ key: 'disk', value: 'slow', effect: 'NoSchedule' }], true],
    ['other value', [{ key: 'disk', value: 'fast', effect: 'NoSchedule' }], false],
    ['other effect', [{ key: 'disk', value: 'slow', effect: 'NoExecute' }], false],
    ['no effect means every effect', [{ key: 'disk', value: 'slow' }], true],
    ['Exists needs no value', [{ key: 'disk', operator: 'Exists' }], true],
    ['Exists without a key tolerates everything', [{ operator: 'Exists' }], true],
    ['Equal without a key tolerates nothing', [{ value: 'slow' }], false],
  ];
  for (const [title, tolerations, expected] of cases) {
    it(title, () => expect(toleratesTaint(tolerations, taint)).to.equal(expected));
  }
});
