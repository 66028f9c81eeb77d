import { expect } from 'chai';
import { loadSettings } from '../../../lib/settings/load.ts';
import { planNetwork } from '../../../sandbox/network/plan.ts';

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

  it('has no way to the addresses of LoadBalancer Services: a node answers for them', () => {
    expect(plan.lan).to.not.contain('via');
    expect(plan.lan).to.not.contain('192.168.56.24');
  });
});
