import { expect } from 'chai';
import { dropPrivileges } from '../../../../sandbox/node/runtime/enter.ts';

describe('what a container may do', () => {
  const kept = (security: Parameters<typeof dropPrivileges>[0]) =>
    dropPrivileges(security).at(-1)?.split(',') ?? [];

  it('is what Docker allows by default: raw sockets, but no network configuration', () => {
    expect(kept({})).to.include('-all').and.include('+net_raw').and.not.include('+net_admin');
  });

  it('is more with capabilities.add, less with drop', () => {
    const set = kept({ add: ['NET_ADMIN'], drop: ['CAP_NET_RAW'] });
    expect(set).to.include('+net_admin').and.not.include('+net_raw');
  });

  it('is nothing special with drop: [ALL]', () => {
    expect(kept({ drop: ['ALL'] })).to.deep.equal(['-all']);
  });

  it('is everything when privileged', () => {
    expect(dropPrivileges({ privileged: true })).to.deep.equal([]);
  });
});
