import { expect } from 'chai';
import fc from 'fast-check';
import { addressToBits, bitsToAddress, contains, parseCidr, sizeOf } from '../../../lib/ip.ts';
import { loadSettings } from '../../../lib/settings/load.ts';
import { cidrsOf, planNetwork } from '../../../sandbox/network/plan.ts';

describe('the network plan', () => {
  const plan = planNetwork(loadSettings());

  it('hangs every node on the LAN bridge', () => {
    expect(plan.lan).to.contain('address add 192.168.56.1/24 dev lan0');
    expect(plan.lan).to.contain('link add lan0p2 type veth peer name eth0 netns worker-node02');
    expect(plan.nodes.map(({ name }) => name)).to.deep.equal([
      'master-node',
      'worker-node01',
      'worker-node02',
    ]);
    expect(plan.nodes[1]?.batch).to.contain('address add 192.168.56.11/24 dev eth0');
  });

  it('leads the addresses of LoadBalancer Services to a worker', () => {
    const routes = plan.lan.split('\n').filter((line) => line.endsWith('via 192.168.56.11'));
    expect(routes).to.deep.equal([
      'route add 192.168.56.240/29 via 192.168.56.11',
      'route add 192.168.56.248/31 via 192.168.56.11',
      'route add 192.168.56.250/32 via 192.168.56.11',
    ]);
  });

  it('has no such routes without a pool', () => {
    const settings = loadSettings();
    const without = planNetwork({ ...settings, network: { ...settings.network, loadBalancers: undefined } });
    expect(without.lan).to.not.contain('via');
  });
});

describe('cidrsOf', () => {
  it('covers a range exactly and without overlap', () => {
    const address = fc.integer({ min: 0, max: 0xffff }).map((n) => BigInt(n) + addressToBits('10.0.0.0'));
    fc.assert(
      fc.property(address, address, (a, b) => {
        const [first, last] = a <= b ? [a, b] : [b, a];
        const cidrs = cidrsOf(bitsToAddress(first, 'IPv4'), bitsToAddress(last, 'IPv4')).map(parseCidr);
        const total = cidrs.reduce((sum, cidr) => sum + sizeOf(cidr), 0n);
        expect(total).to.equal(last - first + 1n);
        expect(cidrs[0]?.bits).to.equal(first);
        for (const [index, cidr] of cidrs.slice(1).entries()) {
          expect(contains(cidr, bitsToAddress((cidrs[index]?.bits ?? 0n) + 0n, 'IPv4'))).to.equal(false);
        }
      }),
    );
  });
});
