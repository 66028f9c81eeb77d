import { expect } from 'chai';
import fc from 'fast-check';
import {
  addressAt,
  addressToBits,
  bitsToAddress,
  contains,
  familyOf,
  formatCidr,
  overlaps,
  parseCidr,
  parseLooseCidr,
  sizeOf,
} from '../../lib/ip.ts';

describe('IP addresses', () => {
  for (const [address, family] of [
    ['192.168.56.10', 'IPv4'],
    ['fd00::1', 'IPv6'],
    ['::ffff:10.0.0.1', 'IPv6'],
    ['256.1.1.1', undefined],
    ['10.0.0', undefined],
    ['10.0.0.01', undefined],
    ['', undefined],
  ] as const) {
    it(`takes "${address}" for ${family ?? 'no address'}`, () => expect(familyOf(address)).to.equal(family));
  }

  for (const [from, to] of [
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
    ['10.0.0.11', '10.0.0.11'],
  ] as const) {
    it(`writes ${from} as ${to} (RFC 5952)`, () => {
      expect(bitsToAddress(addressToBits(from), familyOf(from) ?? 'IPv4')).to.equal(to);
    });
  }

  it('reads back every address it writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (bits) => {
        expect(addressToBits(bitsToAddress(bits, 'IPv6'))).to.equal(bits);
        const short = bits & 0xffffffffn;
        expect(addressToBits(bitsToAddress(short, 'IPv4'))).to.equal(short);
      }),
    );
  });

  it('refuses what is no address', () => expect(() => addressToBits('a.b')).to.throw(RangeError));
});

describe('CIDRs', () => {
  it('refuses host bits and says which network was meant', () => {
    expect(() => parseCidr('172.16.1.0/16')).to.throw(
      '172.16.1.0/16 has host bits set; did you mean 172.16.0.0/16?',
    );
    expect(formatCidr(parseLooseCidr('172.16.1.0/16'))).to.equal('172.16.0.0/16');
  });

  for (const bad of ['172.16.0.0', '172.16.0.0/33', '172.16.0.0/', 'x/8', '::/129', '1.2.3.4/-1']) {
    it(`refuses "${bad}"`, () => expect(() => parseCidr(bad)).to.throw(RangeError));
  }

  it('counts and numbers its addresses', () => {
    const services = parseCidr('172.17.0.0/18');
    expect(sizeOf(services)).to.equal(16384n);
    expect(addressAt(services, 1)).to.equal('172.17.0.1');
    expect(addressAt(services, 16383)).to.equal('172.17.63.255');
    expect(() => addressAt(services, 16384)).to.throw(RangeError);
  });

  it('knows its own addresses from others, also of the other family', () => {
    const services = parseCidr('172.17.0.0/18');
    expect(contains(services, '172.17.63.255')).to.equal(true);
    expect(contains(services, '172.17.64.0')).to.equal(false);
    expect(contains(services, '::ac11:1')).to.equal(false);
  });

  it('sees overlaps', () => {
    const [docker, services] = [parseCidr('172.17.0.0/16'), parseCidr('172.17.0.0/18')];
    expect(overlaps(docker, services)).to.equal(true);
    expect(overlaps(services, docker)).to.equal(true);
    expect(overlaps(services, parseCidr('172.17.64.0/18'))).to.equal(false);
    expect(overlaps(parseCidr('0.0.0.0/0'), parseCidr('::/0'))).to.equal(false);
  });
});
