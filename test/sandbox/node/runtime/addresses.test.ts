import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createAddressPool } from '../../../../sandbox/node/runtime/addresses.ts';

describe('the addresses of a node', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'addresses-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const pool = (cidr: string) => createAddressPool(cidr, join(folder, 'last'));

  it('begin behind the network and the node', () => {
    expect(pool('172.16.1.0/24').take()).to.equal('172.16.1.2');
  });

  it('are not given again before all others had their turn', () => {
    const small = pool('172.16.1.0/29');
    const turns = Array.from({ length: 6 }, () => {
      const address = small.take();
      small.release(address);
      return address.split('.')[3];
    });
    expect(turns).to.deep.equal(['2', '3', '4', '5', '6', '2']);
  });

  it('go on where the agent before left off', () => {
    pool('172.16.1.0/24').take();
    expect(pool('172.16.1.0/24').take()).to.equal('172.16.1.3');
  });

  it('pass over those of pods found again', () => {
    const fresh = pool('172.16.1.0/24');
    fresh.claim('172.16.1.9');
    expect(fresh.take()).to.equal('172.16.1.10');
    fresh.claim('172.16.1.11');
    expect(fresh.take()).to.equal('172.16.1.12');
  });

  it('can run out', () => {
    const small = pool('172.16.1.0/29');
    for (let i = 0; i < 5; i++) small.take();
    expect(() => small.take()).to.throw('172.16.1.0/29 has none left');
  });
});
