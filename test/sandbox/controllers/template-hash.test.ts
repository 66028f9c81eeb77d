import { expect } from 'chai';
import { templateHash } from '../../../sandbox/controllers/template-hash.ts';
import { template } from './build.ts';

describe('the hash of a template', () => {
  const safe = /^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/;

  it('has only safe characters and is the same for equal templates, whatever the order of fields', () => {
    expect(templateHash(template('web:1'))).to.match(safe);
    expect(templateHash({ a: 1, b: { c: [1, 2], d: 'x' } })).to.equal(
      templateHash({ b: { d: 'x', c: [1, 2] }, a: 1 }),
    );
  });

  it('differs for another image, another order of a list, and another collision count', () => {
    const first = templateHash(template('web:1'));
    expect(templateHash(template('web:2'))).not.to.equal(first);
    expect(templateHash({ list: [1, 2] })).not.to.equal(templateHash({ list: [2, 1] }));
    expect(templateHash(template('web:1'), 1)).not.to.equal(first);
    expect(templateHash(template('web:1'), 0)).to.equal(first);
  });
});
