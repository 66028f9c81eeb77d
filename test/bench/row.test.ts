import { expect } from 'chai';
import { merged, type Row, table } from './row.ts';

describe('a table of figures', () => {
  const row = (figure: string, value: number): Row => ({ figure, value, unit: 'ms', target: 10 });

  it('says of each whether it reaches its target, which is the least for a rate', () => {
    const rate: Row = { figure: 'connections', value: 9, unit: '/s', target: 10 };
    expect(
      table([row('slow', 11), rate, { ...rate, value: 10 }])
        .split('\n')
        .slice(2),
    ).to.deep.equal([
      '| slow | 11.0 ms | ≤ 10.0 ms | no |  |',
      '| connections | 9.00 /s | ≥ 10.0 /s | no |  |',
      '| connections | 10.0 /s | ≥ 10.0 /s | yes |  |',
    ]);
  });

  it('keeps the rows of an earlier one that a later one has not', () => {
    const before = table([row('first', 1), row('second', 2)]);
    const both = merged(before, table([row('third', 3), row('second', 20)]));
    expect(both).to.equal(table([row('first', 1), row('second', 20), row('third', 3)]));
  });
});
