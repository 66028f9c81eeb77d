import { expect } from 'chai';
import { trackWrites } from '../../../sandbox/controllers/written.ts';

describe('the memory of writes', () => {
  const answer = (resourceVersion: string) => ({ metadata: { resourceVersion } });

  it('waits until the store is as new as the last write of the key', () => {
    let version = 5;
    const written = trackWrites({ version: () => version });
    expect(written.seen('a')).to.equal(true);
    written.note('a', answer('7'));
    written.note('a', answer('6'));
    expect(written.seen('a')).to.equal(false);
    expect(written.seen('b')).to.equal(true);
    version = 6;
    expect(written.seen('a')).to.equal(false);
    version = 7;
    expect(written.seen('a')).to.equal(true);
  });

  it('gives up waiting after five seconds', () => {
    let now = 0;
    const written = trackWrites({ version: () => 1 }, () => now);
    written.note('a', answer('7'));
    now = 4999;
    expect(written.seen('a')).to.equal(false);
    now = 5000;
    expect(written.seen('a')).to.equal(true);
  });
});
