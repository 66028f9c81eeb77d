import { expect } from 'chai';
import { nameOf, type Pod, type ReplicaSet } from '../../../../sandbox/controllers/objects.ts';
import { deletionOrder } from '../../../../sandbox/controllers/replicaset/deletion-order.ts';
import { planReplicaSet } from '../../../../sandbox/controllers/replicaset/plan.ts';
import { podFromTemplate } from '../../../../sandbox/controllers/replicaset/pod-from-template.ts';
import { replicaSetStatus, statusDiffers } from '../../../../sandbox/controllers/replicaset/status.ts';
import { ms, type PodShape, pod, template } from '../build.ts';

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'uid-rs', controller: true };

function replicaSet(replicas: number, more: Partial<ReplicaSet['metadata']> = {}): ReplicaSet {
  return {
    metadata: { name: 'web-1', namespace: 'default', uid: 'uid-rs', generation: 2, ...more },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template('web:1') },
  };
}

const owned = (shape: PodShape = {}): Pod =>
  pod({ ...shape, metadata: { ownerReferences: [owner], ...shape.metadata } });

const plan = (set: ReplicaSet, pods: Pod[], doomed: string[] = []) =>
  planReplicaSet({ replicaSet: set, pods, doomed: new Set(doomed), now: ms(1000) });

describe('the plan of a ReplicaSet', () => {
  it('makes what is missing', () => {
    expect(plan(replicaSet(3), [owned()])).to.include({ create: 2 });
  });

  it('does not count pods that ended, are being deleted, or whose deletion was asked for', () => {
    const pods = [
      owned({ phase: 'Failed' }),
      owned({ phase: 'Succeeded' }),
      owned({ deleting: true }),
      owned({ name: 'x' }),
    ];
    expect(plan(replicaSet(1), pods, ['uid-x'])).to.include({ create: 1 });
  });

  it('removes what is too much, and nothing when it is itself being deleted', () => {
    const pods = [owned({ name: 'a' }), owned({ name: 'b' })];
    expect(plan(replicaSet(1), pods).remove).to.have.length(1);
    expect(plan(replicaSet(1, { deletionTimestamp: 'now' }), pods)).to.deep.include({
      remove: [],
      create: 0,
    });
  });

  it('adopts orphans that fit, releases pods that no longer fit, leaves those of others', () => {
    const orphan = pod({ name: 'orphan' });
    const strayed = owned({ name: 'strayed', labels: { app: 'other' } });
    const foreign = pod({ name: 'foreign', metadata: { ownerReferences: [{ ...owner, uid: 'uid-else' }] } });
    const result = plan(replicaSet(2), [orphan, strayed, foreign]);
    expect(result.adopt).to.deep.equal([orphan]);
    expect(result.release).to.deep.equal([strayed]);
    expect(result.create).to.equal(1);
  });

  it('asks for another look when a ready pod will become available', () => {
    const set = replicaSet(1);
    const slow = {
      ...set,
      spec: { ...set.spec, selector: { matchLabels: { app: 'web' } }, minReadySeconds: 30 },
    };
    expect(plan(slow, [owned({ readyAt: 990 })]).nextLookMs).to.equal(20_000);
    expect(plan(slow, [owned({ readyAt: 900 })]).nextLookMs).to.equal(undefined);
  });
});

describe('the order in which pods are given up', () => {
  const cases: [string, PodShape, PodShape][] = [
    ['unassigned before assigned', {}, { node: 'n1' }],
    ['pending before running', { node: 'n1', phase: 'Pending' }, { node: 'n1' }],
    ['not ready before ready', { node: 'n1', ready: false }, { node: 'n1' }],
    ['shorter ready before longer ready', { node: 'n1', readyAt: 990 }, { node: 'n2', readyAt: 10 }],
    [
      'younger before older',
      { node: 'n1', ready: false, createdAt: 990 },
      { node: 'n2', ready: false, createdAt: 10 },
    ],
    [
      'lower deletion cost first',
      { node: 'n1', metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' } } },
      { node: 'n2' },
    ],
  ];
  for (const [title, first, second] of cases) {
    it(title, () => {
      const pods = [owned({ name: 'second', ...second }), owned({ name: 'first', ...first })];
      expect(deletionOrder(pods, ms(1000)).map(nameOf)).to.deep.equal(['first', 'second']);
    });
  }

  it('the crowded node first', () => {
    const pods = ['n1', 'n2', 'n2'].map((name) => owned({ node: name }));
    expect(deletionOrder(pods, ms(1000))[0]?.spec?.nodeName).to.equal('n2');
  });
});

describe('what a ReplicaSet writes', () => {
  it('pods with its template, its reference, and a name to be completed', () => {
    const made = podFromTemplate(replicaSet(1));
    expect(made.metadata).to.deep.include({
      generateName: 'web-1-',
      namespace: 'default',
      labels: { app: 'web' },
    });
    expect(made.metadata?.ownerReferences).to.deep.equal([{ ...owner, blockOwnerDeletion: true }]);
    expect(podFromTemplate(replicaSet(1, { name: 'x'.repeat(70) })).metadata?.generateName).to.have.length(
      58,
    );
  });

  it('counts of its pods', () => {
    const pods = [owned(), owned({ ready: false }), owned({ labels: { app: 'web', extra: '1' } })];
    expect(replicaSetStatus(replicaSet(3), pods, ms(1000))).to.deep.equal({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 2,
      availableReplicas: 2,
      observedGeneration: 2,
    });
  });

  it('a condition while pods cannot be made, which goes with its cause', () => {
    const failure = { reason: 'FailedCreate', message: 'quota' } as const;
    const status = replicaSetStatus(replicaSet(1), [], ms(0), failure);
    expect(status.conditions?.[0]).to.include({ type: 'ReplicaFailure', status: 'True', message: 'quota' });
    const failing = { ...replicaSet(1), status };
    expect(statusDiffers(replicaSetStatus(failing, [], ms(9), failure), status)).to.equal(false);
    expect(statusDiffers(replicaSetStatus(failing, [], ms(9)), status)).to.equal(true);
  });
});
