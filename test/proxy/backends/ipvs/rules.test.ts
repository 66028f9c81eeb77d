import { expect } from 'chai';
import { createIpvsBackend } from '../../../../proxy/backends/ipvs/backend.ts';
import type { IpvsOptions, Place } from '../../../../proxy/backends/ipvs/options.ts';
import { renderRules, sectionOf } from '../../../../proxy/backends/ipvs/rules.ts';
import { compareRules, ourRules } from '../../../../proxy/backends/ipvs/verify.ts';

const options: IpvsOptions = {
  scheduler: 'rr',
  masqueradeAll: false,
  detector: { kind: 'cidr', cidrs: ['172.16.0.0/16'] },
  nodePortCidrs: 'primary',
};
const node = {
  name: 'n1',
  addresses: ['192.168.56.11'],
  podCIDRs: ['172.16.1.0/24'],
  zone: '',
  leaving: false,
};
const place: Place = { family: 'IPv4', node, ownAddresses: ['192.168.56.11', '10.0.0.1'] };

describe('the rules beside IPVS', () => {
  it('add the jumps in front, and no jump that is there already', () => {
    const first = renderRules(options, place, '');
    expect(first).to.include('-I PREROUTING 1 -m conntrack --ctstate NEW -j WORKSHOP-IPVS-PREROUTING');
    const saved =
      '*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m conntrack --ctstate NEW -j WORKSHOP-IPVS-PREROUTING\nCOMMIT\n';
    const again = renderRules(options, place, saved);
    expect(sectionOf(again, 'mangle').filter((line) => line.startsWith('-I PREROUTING'))).to.deep.equal([]);
    // The chain of the same name in another table is another chain.
    expect(sectionOf(again, 'nat').filter((line) => line.startsWith('-I PREROUTING'))).to.have.length(1);
  });

  const detectors: [string, Partial<IpvsOptions>, string | undefined][] = [
    ['a network', {}, '! -s 172.16.0.0/16'],
    ['the node’s own pods', { detector: { kind: 'nodeCidr' } }, '! -s 172.16.1.0/24'],
    ['a bridge', { detector: { kind: 'bridge', name: 'cni0' } }, '! -i cni0'],
    ['a prefix of interfaces', { detector: { kind: 'interfacePrefix', prefix: 'cali' } }, '! -i cali+'],
    ['nothing', { detector: { kind: 'cidr', cidrs: [] } }, undefined],
  ];
  for (const [name, given, match] of detectors) {
    it(`tell pods by ${name}`, () => {
      const lines = sectionOf(renderRules({ ...options, ...given }, place, ''), 'nat');
      const internal = lines.filter(
        (line) => line.includes('-A WORKSHOP-IPVS-PREROUTING') && line.includes('CLUSTER-IP'),
      );
      const own = '-A WORKSHOP-IPVS-PREROUTING -m addrtype --src-type LOCAL';
      expect(internal.map((line) => line.split(' -m set')[0])).to.deep.equal([
        ...(match === undefined ? [] : [`-A WORKSHOP-IPVS-PREROUTING ${match}`]),
        own,
      ]);
    });
  }

  it('masquerade everything for cluster IPs when asked to', () => {
    const lines = sectionOf(renderRules({ ...options, masqueradeAll: true }, place, ''), 'nat');
    expect(lines).to.include(
      '-A WORKSHOP-IPVS-PREROUTING -m set --match-set WORKSHOP-CLUSTER-IP dst,dst -j WORKSHOP-IPVS-MARK',
    );
  });

  it('use another bit of the mark, but none that numbers Services', () => {
    expect(renderRules({ ...options, masqueradeBit: 20 }, place, '')).to.include('--or-mark 0x100000');
    expect(() => createIpvsBackend('IPv4', { ...options, masqueradeBit: 13 })).to.throw('bits 0 to 13');
  });

  it('are compared without others’ rules', () => {
    const saved =
      '*nat\n-A PREROUTING -j KUBE-SERVICES\n-A PREROUTING -j WORKSHOP-IPVS-PREROUTING\n-A WORKSHOP-IPVS-MARK -j MARK\nCOMMIT\n';
    const before = ourRules(saved);
    expect(before).to.deep.equal([
      '*nat -A PREROUTING -j WORKSHOP-IPVS-PREROUTING',
      '*nat -A WORKSHOP-IPVS-MARK -j MARK',
    ]);
    expect(compareRules(before, ourRules(saved.replace('KUBE-SERVICES', 'OTHER')))).to.equal(undefined);
    expect(compareRules(before, ourRules(saved.replace('-A WORKSHOP-IPVS-MARK -j MARK\n', '')))).to.include(
      'missing',
    );
    expect(compareRules(before, [...before, '*nat -A WORKSHOP-IPVS-MARK -j ACCEPT'])).to.include('not ours');
  });
});
