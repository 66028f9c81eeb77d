import { expect } from 'chai';
import { age, formatLabels, humanDuration } from '../../../../sandbox/apiserver/kinds/column.ts';

describe('table cells', () => {
  const [minute, hour, day, year] = [60, 3600, 86_400, 365 * 86_400];
  const spans: [seconds: number, text: string][] = [
    [-5, '<invalid>'],
    [0, '0s'],
    [119, '119s'],
    [2 * minute, '2m'],
    [5 * minute + 5, '5m5s'],
    [10 * minute + 5, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [3 * hour + 4 * minute, '3h4m'],
    [8 * hour + 4 * minute, '8h'],
    [47 * hour, '47h'],
    [2 * day, '2d'],
    [2 * day + 3 * hour, '2d3h'],
    [8 * day + 3 * hour, '8d'],
    [2 * year, '2y'],
    [2 * year + 3 * day, '2y3d'],
    [9 * year + 3 * day, '9y'],
  ];
  for (const [seconds, text] of spans) {
    it(`shows ${seconds} s as ${text}`, () => {
      expect(humanDuration(seconds)).to.equal(text);
    });
  }

  it('shows a clock that is a second ahead as 0s', () => {
    expect(humanDuration(-1)).to.equal('0s');
  });

  it('knows no age without a time', () => {
    expect(age(undefined, 0)).to.equal('<unknown>');
    expect(age('1970-01-01T00:00:00Z', 61_000)).to.equal('61s');
  });

  it('sorts labels, and says when there are none', () => {
    expect(formatLabels({ b: '2', a: '1' })).to.equal('a=1,b=2');
    expect(formatLabels({})).to.equal('<none>');
  });
});
