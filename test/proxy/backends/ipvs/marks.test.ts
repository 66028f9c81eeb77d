import { expect } from 'chai';
import { Marks, markRange } from '../../../../proxy/backends/ipvs/marks.ts';

describe('the marks of units under policy Local', () => {
  it('stay with their unit, and are free again when it has gone', () => {
    const marks = new Marks();
    const first = marks.of('a');
    expect(marks.of('b')).to.not.equal(first);
    expect(marks.of('a')).to.equal(first);
    marks.release('a');
    const others = Array.from({ length: markRange.last - markRange.first }, (_, i) => marks.of(`u${i}`));
    expect(others).to.include(first);
    expect(new Set(others).size).to.equal(others.length);
  });

  it('that mean something in the kernel are not given to others', () => {
    const marks = new Marks([markRange.first]);
    expect(marks.of('a')).to.equal(markRange.first + 1);
    marks.assign('b', markRange.first);
    expect(marks.of('b')).to.equal(markRange.first);
  });

  it('run out with a sentence', () => {
    const marks = new Marks();
    for (let i = markRange.first; i <= markRange.last; i++) marks.of(`u${i}`);
    expect(() => marks.of('one more')).to.throw('could not number another Service');
  });
});
