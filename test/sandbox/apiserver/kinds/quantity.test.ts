import { expect } from 'chai';
import fc from 'fast-check';
import { formatQuantity, parseQuantity } from '../../../../sandbox/apiserver/kinds/quantity.ts';

describe('quantities', () => {
  const canonical = {
    '0.5': '500m',
    '1': '1',
    '1000m': '1',
    '1500m': '1500m',
    '0.5Gi': '512Mi',
    '1024Mi': '1Gi',
    '1000Mi': '1000Mi',
    '65536Ki': '64Mi',
    '1000k': '1M',
    '1e3': '1e3',
    '0.1m': '1m',
    '-1': '-1',
    '0': '0',
    '100n': '1m',
  };
  for (const [text, expected] of Object.entries(canonical)) {
    it(`stores ${text} as ${expected}`, () => {
      const quantity = parseQuantity(text);
      expect(quantity && formatQuantity(quantity)).to.equal(expected);
    });
  }

  for (const text of ['', 'm', '1 Gi', '1g', '1Gib', 'abc', '1.2.3', '--1']) {
    it(`takes ${JSON.stringify(text)} for no quantity`, () => {
      expect(parseQuantity(text)).to.equal(undefined);
    });
  }

  it('keeps its amount and its form when formatted and read again', () => {
    const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi');
    fc.assert(
      fc.property(fc.nat(), suffix, (amount, unit) => {
        const first = parseQuantity(`${amount}${unit}`);
        const text = first && formatQuantity(first);
        const second = parseQuantity(text ?? '');
        expect(second?.milli).to.equal(first?.milli);
        expect(second && formatQuantity(second)).to.equal(text);
      }),
    );
  });
});
