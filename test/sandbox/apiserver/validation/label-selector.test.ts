import { expect } from 'chai';
import { type LabelSelector, matchesSelector } from '../../../../lib/kube/selector.ts';
import { formatSelector } from '../../../../sandbox/apiserver/validation/label-selector.ts';

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front' };
  const table: [selector: LabelSelector, matches: boolean, text: string][] = [
    [{}, true, ''],
    [{ matchLabels: { tier: 'front', app: 'web' } }, true, 'app=web,tier=front'],
    [{ matchLabels: { app: 'db' } }, false, 'app=db'],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }] }, true, 'app in (db,web)'],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false, 'app notin (web)'],
    [{ matchExpressions: [{ key: 'old', operator: 'NotIn', values: ['web'] }] }, true, 'old notin (web)'],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true, 'app'],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false, '!app'],
    [{ matchExpressions: [{ key: 'old', operator: 'DoesNotExist' }] }, true, '!old'],
  ];
  for (const [selector, matches, text] of table) {
    it(`${text === '' ? 'an empty one' : text} ${matches ? 'selects' : 'leaves out'} app=web,tier=front`, () => {
      expect(matchesSelector(selector, labels)).to.equal(matches);
      expect(formatSelector(selector)).to.equal(text);
    });
  }
});
