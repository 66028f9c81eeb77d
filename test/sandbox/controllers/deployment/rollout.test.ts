import { expect } from 'chai';
import fc from 'fast-check';
import { type DeploymentPlan, planDeployment } from '../../../../sandbox/controllers/deployment/plan.ts';
import { fenceposts, sizeOf } from '../../../../sandbox/controllers/deployment/sizes.ts';
import { type Deployment, nameOf, type ReplicaSet } from '../../../../sandbox/controllers/objects.ts';
import { deployment, ms, settled, template } from '../build.ts';

/** Plays the API server and the ReplicaSet controller: applies plans until nothing is left to do. */
function simulate(
  start: Deployment,
  sets: ReplicaSet[],
  watch: (sets: readonly ReplicaSet[], current: Deployment) => void = () => {},
): { sets: ReplicaSet[]; current: Deployment; steps: number } {
  let current = start;
  let all = [...sets];
  for (let steps = 1; steps < 200; steps++) {
    const plan = planDeployment({ deployment: current, replicaSets: all, pods: [], now: ms(steps) });
    const changed = apply(plan);
    current = { ...current, status: plan.status };
    watch(all, current);
    if (!changed && !step()) return { sets: all, current, steps };
  }
  throw new Error('the roll-out does not end');

  function apply(plan: DeploymentPlan): boolean {
    if (plan.create) all.push({ ...plan.create, status: { replicas: 0 } });
    for (const next of plan.update) {
      all = all.map((set) =>
        nameOf(set) === nameOf(next) ? { ...next, status: set.status ?? { replicas: 0 } } : set,
      );
    }
    all = all.filter((set) => !plan.remove.some((gone) => nameOf(gone) === nameOf(set)));
    return plan.create !== undefined || plan.update.length > 0 || plan.remove.length > 0;
  }

  /** One ReplicaSet catches up with its size. */
  function step(): boolean {
    const lagging = all.find((set) => (set.status?.availableReplicas ?? 0) !== sizeOf(set));
    all = all.map((set) => (set === lagging ? settled(set) : set));
    return lagging !== undefined;
  }
}

const withImage = (base: Deployment, image: string): Deployment => ({
  ...base,
  spec: { ...base.spec, selector: { matchLabels: { app: 'web' } }, template: template(image) },
});

describe('a roll-out', () => {
  it('first makes a ReplicaSet of full size, named by the hash of the template', () => {
    const { create } = planDeployment({ deployment: deployment(), replicaSets: [], pods: [], now: 0 });
    expect(create?.spec?.replicas).to.equal(3);
    expect(create?.metadata?.name).to.equal(`web-${create?.metadata?.labels?.['pod-template-hash']}`);
    expect(create?.metadata?.annotations).to.include({
      'deployment.kubernetes.io/revision': '1',
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
    });
  });

  it('keeps between its bounds at every step, whatever the strategy, and ends complete', () => {
    const amount = fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), amount, amount, (replicas, maxSurge, maxUnavailable) => {
        const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
        const first = simulate(deployment({ replicas, strategy }), []);
        const bounds = fenceposts(first.current);
        const second = simulate(withImage(first.current, 'web:2'), first.sets, (sets) => {
          const total = sets.reduce((sum, set) => sum + sizeOf(set), 0);
          const available = sets.reduce(
            (sum, set) => sum + Math.min(sizeOf(set), set.status?.availableReplicas ?? 0),
            0,
          );
          expect(total).to.be.at.most(replicas + bounds.maxSurge);
          expect(available).to.be.at.least(replicas - bounds.maxUnavailable);
        });
        const sizes = second.sets.map(sizeOf).sort();
        expect(sizes).to.deep.equal([0, replicas].sort());
        expect(
          second.current.status?.conditions?.find(({ type }) => type === 'Progressing')?.reason,
        ).to.equal('NewReplicaSetAvailable');
      }),
      { numRuns: 60 },
    );
  });

  it('goes back to an old template by its old ReplicaSet, with a new revision and the old one in the history', () => {
    const first = simulate(deployment(), []);
    const second = simulate(withImage(first.current, 'web:2'), first.sets);
    const third = simulate(withImage(second.current, 'web:1'), second.sets);
    expect(third.sets).to.have.length(2);
    const back = third.sets.find((set) => sizeOf(set) === 3);
    expect(back?.metadata?.name).to.equal(first.sets[0]?.metadata?.name);
    expect(back?.metadata?.annotations).to.include({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    });
  });

  it('keeps no more history than asked for', () => {
    let state = simulate(deployment({ revisionHistoryLimit: 1 }), []);
    for (const image of ['web:2', 'web:3', 'web:4'])
      state = simulate(withImage(state.current, image), state.sets);
    expect(state.sets).to.have.length(2);
  });

  it('stands still while paused, but scales', () => {
    const first = simulate(deployment(), []);
    const paused = withImage(
      { ...first.current, spec: { ...first.current.spec, paused: true } as Deployment['spec'] & object },
      'web:2',
    );
    const still = simulate(paused, first.sets);
    expect(still.sets).to.have.length(1);
    const scaled = simulate(
      { ...still.current, spec: { ...still.current.spec, replicas: 5 } as Deployment['spec'] & object },
      still.sets,
    );
    expect(scaled.sets.map(sizeOf)).to.deep.equal([5]);
  });

  it('spreads a scaling in the middle of a roll-out in proportion', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } };
    const base = deployment({ replicas: 15, strategy });
    const annotations = {
      'deployment.kubernetes.io/desired-replicas': '10',
      'deployment.kubernetes.io/max-replicas': '12',
    };
    const first = planDeployment({ deployment: base, replicaSets: [], pods: [], now: 0 }).create;
    const sized = (set: ReplicaSet, name: string, replicas: number): ReplicaSet => ({
      ...set,
      metadata: { ...set.metadata, name, annotations: { ...set.metadata?.annotations, ...annotations } },
      spec: { ...set.spec, selector: {}, replicas },
      status: { replicas },
    });
    if (!first) throw new Error('no ReplicaSet');
    const other = withImage(base, 'web:0');
    const old = planDeployment({ deployment: other, replicaSets: [], pods: [], now: 0 }).create;
    const sets = [
      {
        ...sized(first, 'new', 4),
        metadata: {
          ...sized(first, 'new', 4).metadata,
          annotations: { ...annotations, 'deployment.kubernetes.io/revision': '2' },
        },
      },
      sized(old ?? first, 'old', 8),
    ];
    const plan = planDeployment({ deployment: base, replicaSets: sets, pods: [], now: 0 });
    expect(Object.fromEntries(plan.update.map((set) => [nameOf(set), sizeOf(set)]))).to.deep.equal({
      old: 11,
      new: 6,
    });
  });

  it('says when it takes too long', () => {
    const base = deployment({ progressDeadlineSeconds: 60 });
    const first = planDeployment({ deployment: base, replicaSets: [], pods: [], now: ms(0) });
    const stuck = { ...(first.create as ReplicaSet), status: { replicas: 3, availableReplicas: 0 } };
    const seen = planDeployment({
      deployment: { ...base, status: first.status },
      replicaSets: [stuck],
      pods: [],
      now: ms(1),
    });
    expect(seen.nextLookMs).to.equal(60_000);
    const late = planDeployment({
      deployment: { ...base, status: seen.status },
      replicaSets: [stuck],
      pods: [],
      now: ms(61),
    });
    const progressing = late.status.conditions?.find(({ type }) => type === 'Progressing');
    expect(progressing).to.include({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    expect(progressing?.message).to.match(/^ReplicaSet "web-[^"]+" has timed out progressing\.$/);
    expect(late.nextLookMs).to.equal(undefined);
  });

  it('does nothing but look when it is being deleted', () => {
    const base = deployment();
    const ending = { ...base, metadata: { ...base.metadata, deletionTimestamp: 'now' } };
    const plan = planDeployment({ deployment: ending, replicaSets: [], pods: [], now: 0 });
    expect(plan).not.to.have.any.keys('create', 'revision');
    expect(plan.update).to.be.empty;
  });
});
