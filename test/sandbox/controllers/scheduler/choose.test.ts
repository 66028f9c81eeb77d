import { expect } from 'chai';
import type { Node, Pod } from '../../../../sandbox/controllers/objects.ts';
import { chooseNode } from '../../../../sandbox/controllers/scheduler/choose.ts';
import { node, type PodShape, pod } from '../build.ts';

describe('the scheduler', () => {
  const master = node('master-node', {
    spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] },
  });
  const workers = [node('worker-node01'), node('worker-node02', { labels: { disk: 'fast' } })];
  const choose = (
    shape: PodShape,
    there: Record<string, Pod[]> = {},
    nodes: Node[] = [master, ...workers],
  ) => {
    const choice = chooseNode({ pod: pod(shape), nodes, podsByNode: new Map(Object.entries(there)) });
    return choice.kind === 'node' ? choice.name : choice.message;
  };
  const none = (count: number, reasons: string) =>
    `0/${count} nodes are available: ${reasons}. no new claims to deallocate, preemption: ` +
    `0/${count} nodes are available: ${count} Preemption is not helpful for scheduling.`;
  const owned = (): Pod =>
    pod({
      metadata: {
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'r', controller: true },
        ],
      },
    });

  it('avoids tainted nodes', () => expect(choose({})).to.equal('worker-node01'));
  it('takes the node with the fewest pods', () => {
    expect(choose({}, { 'worker-node01': [pod()] })).to.equal('worker-node02');
  });
  it('spreads the pods of one controller before it counts others', () => {
    const there = { 'worker-node01': [pod(), pod(), pod()], 'worker-node02': [owned()] };
    expect(choose({ metadata: owned().metadata }, there)).to.equal('worker-node01');
  });
  it('keeps to the nodeSelector', () => {
    expect(choose({ spec: { nodeSelector: { disk: 'fast' } } }, { 'worker-node02': [pod()] })).to.equal(
      'worker-node02',
    );
  });
  it('keeps to required node affinity', () => {
    const requirement = { key: 'disk', operator: 'NotIn', values: ['fast'] };
    const required = { nodeSelectorTerms: [{ matchExpressions: [requirement] }] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
    expect(choose({ spec: { affinity } }, { 'worker-node01': [pod(), pod()] })).to.equal('worker-node01');
  });
  it('goes to a tainted node when the pod tolerates it and nothing else fits', () => {
    const spec = { tolerations: [{ operator: 'Exists' }] };
    expect(choose({ spec }, {}, [master])).to.equal('master-node');
  });
  it('does not put two pods on one host port', () => {
    const spec = { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] };
    expect(choose({ spec }, { 'worker-node01': [pod({ spec })] })).to.equal('worker-node02');
  });

  it('says that there are no nodes', () => {
    expect(choose({}, {}, [])).to.equal('no nodes available to schedule pods');
  });
  it('counts the reasons, in Kubernetes’ words', () => {
    expect(choose({ spec: { nodeSelector: { disk: 'none' } } })).to.equal(
      none(3, "1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector"),
    );
    const cordoned = node('worker-node01', { spec: { unschedulable: true } });
    expect(choose({}, {}, [cordoned])).to.equal(none(1, '1 node(s) were unschedulable'));
  });
  it('stops at the number of pods that a node takes', () => {
    const full = Array.from({ length: 110 }, () => pod());
    expect(choose({}, { 'worker-node01': full }, [node('worker-node01')])).to.equal(
      none(1, '1 Too many pods'),
    );
  });
});
