import { expect } from 'chai';
import { parseCidr } from '../../../../lib/ip.ts';
import { evictionTime } from '../../../../sandbox/controllers/node/eviction.ts';
import { silentConditions, wantedTaints } from '../../../../sandbox/controllers/node/health.ts';
import { planPodCidrs } from '../../../../sandbox/controllers/node/pod-cidrs.ts';
import type { Node } from '../../../../sandbox/controllers/objects.ts';
import { at, ms, node, pod } from '../build.ts';

describe('pod subnets of nodes', () => {
  const cluster = parseCidr('172.16.0.0/16');
  const having = (name: string, podCIDR: string): Node =>
    node(name, { spec: { podCIDR, podCIDRs: [podCIDR] } });

  it('go in the order of the names to those that have none', () => {
    const plan = planPodCidrs(
      [node('worker-node01'), node('master-node'), having('x', '172.16.1.0/24')],
      cluster,
      24,
    );
    expect(plan.assign).to.deep.equal([
      { name: 'master-node', cidr: '172.16.0.0/24' },
      { name: 'worker-node01', cidr: '172.16.2.0/24' },
    ]);
  });

  it('may run out', () => {
    const plan = planPodCidrs([node('a'), node('b'), node('c')], parseCidr('10.0.0.0/23'), 24);
    expect(plan.assign.map(({ cidr }) => cidr)).to.deep.equal(['10.0.0.0/24', '10.0.1.0/24']);
    expect(plan.exhausted).to.deep.equal(['c']);
  });
});

describe('the health of nodes', () => {
  const withReady = (status: string, taints?: NonNullable<Node['spec']>['taints']): Node => ({
    ...node('n', { spec: { ...(taints && { taints }) } }),
    status: { conditions: [{ type: 'Ready', status }] },
  });
  const keys = (one: Node) =>
    wantedTaints(one, ms(0))?.map(({ key, effect }) => `${key.split('/')[1]}:${effect}`);

  it('taints follow the condition Ready', () => {
    expect(keys(withReady('False'))).to.deep.equal(['not-ready:NoSchedule', 'not-ready:NoExecute']);
    expect(keys(withReady('Unknown'))).to.deep.equal(['unreachable:NoSchedule', 'unreachable:NoExecute']);
    expect(keys({ metadata: { name: 'n' } })).to.deep.equal(['not-ready:NoSchedule']);
    expect(keys(withReady('True')), 'nothing to do').to.equal(undefined);
  });

  it('taints of others stay, ours go when the node is well', () => {
    const own = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
    const other = { key: 'mine', effect: 'NoSchedule' };
    expect(wantedTaints(withReady('True', [own, other]), ms(0))).to.deep.equal([other]);
  });

  it('a cordoned node is tainted too', () => {
    const cordoned = { ...withReady('True'), spec: { unschedulable: true } };
    expect(keys(cordoned)).to.deep.equal(['unschedulable:NoSchedule']);
  });

  it('silence turns all conditions to Unknown, once', () => {
    const conditions = silentConditions(withReady('True'), ms(0));
    expect(conditions).to.deep.equal([
      {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: at(0),
      },
    ]);
    expect(
      silentConditions({ ...withReady('True'), status: { conditions: conditions ?? [] } }, ms(9)),
    ).to.equal(undefined);
  });
});

describe('eviction', () => {
  const taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: at(0) };
  const bad = node('n', { spec: { taints: [taint] } });
  const when = (tolerations?: NonNullable<ReturnType<typeof pod>['spec']>['tolerations'], where = bad) =>
    evictionTime(pod({ spec: { ...(tolerations && { tolerations }) } }), where, ms(10));
  const tolerating = (tolerationSeconds?: number) => [
    {
      key: taint.key,
      operator: 'Exists',
      effect: 'NoExecute',
      ...(tolerationSeconds !== undefined && { tolerationSeconds }),
    },
  ];

  it('comes five minutes after the node was lost', () => expect(when()).to.equal(ms(300)));
  it('comes when the toleration ends', () => expect(when(tolerating(30))).to.equal(ms(30)));
  it('never comes for a toleration without an end', () => expect(when(tolerating())).to.equal(undefined));
  it('never comes on a healthy node', () => expect(when(undefined, node('n'))).to.equal(undefined));
  it('comes at once for a taint that nothing tolerates', () => {
    expect(when(undefined, node('n', { spec: { taints: [{ key: 'fire', effect: 'NoExecute' }] } }))).to.equal(
      ms(10),
    );
  });
});
