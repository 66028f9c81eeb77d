import { expect } from 'chai';
import { findingOf } from '../../labs/check-failure.ts';
import type { Lab, LabDefinition } from '../../labs/lab.ts';
import type { Step } from '../../labs/step.ts';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { openCluster } from '../../lib/cluster/open.ts';
import { clusterPaths } from '../../lib/paths.ts';
import { loadSettings } from '../../lib/settings/load.ts';
import { createLabPlace, type LabPlace } from '../../scripts/verify/lab-context.ts';
import { testCluster } from '../whole/cluster.ts';

/**
 * Goes through a lab's steps on a real cluster, in one namespace as a learner does: what is not done is seen as not done, each
 * foreseen mistake by its name, what is solved as done, and what is taken back as not done again.
 */
export function describeSteps({ id, steps = [] }: LabDefinition): void {
  describe(`the steps of ${id}`, function () {
    this.timeout(60_000);
    let cluster: Cluster;
    let place: LabPlace;
    const view = () => place.lab(AbortSignal.timeout(60_000), () => {});

    before(async () => {
      const { stateDir, env } = await testCluster();
      const name = env['WORKSHOP_NAME'] ?? '';
      cluster = openCluster(name, clusterPaths(name, stateDir));
      place = createLabPlace(cluster, loadSettings(), id, undefined);
      await place.open(AbortSignal.timeout(10_000));
    });
    after(async () => {
      await place?.close();
      cluster?.close();
    });

    for (const step of steps) describeStep(step, view);
  });
}

function describeStep(step: Step, view: () => Lab): void {
  it(`${step.id} begins undone`, async () => {
    await step.setUp(view());
    expect(await mistakeIn(step, view()), 'the mistake seen before anything was done').to.equal(undefined);
  });
  for (const { id, make } of step.mistakes) {
    it(`${step.id} recognises ${id}`, async () => {
      await step.setUp(view());
      try {
        await make(view());
        expect(await mistakeIn(step, view())).to.equal(id);
      } finally {
        await step.reset(view());
      }
    });
  }
  it(`${step.id} is done when it is solved, whatever was done before, and undone when it is taken back`, async () => {
    await step.setUp(view());
    await step.mistakes[0]?.make(view());
    await step.solve(view());
    await step.check(view());
    await step.check(view());
    expect(await step.prediction(view()), 'what happens, as the number of an option').to.be.within(1, 5);
    await step.reset(view());
    await mistakeIn(step, view());
  });
}

/** The mistake that the check names, undefined where it names none; fails when the check passes. */
async function mistakeIn(step: Step, lab: Lab): Promise<string | undefined> {
  const thrown = await step.check(lab).then(
    () => undefined,
    (error: unknown) => error,
  );
  const finding = findingOf(thrown);
  if (thrown !== undefined && finding === undefined) throw thrown;
  expect(finding, `what the check of ${step.id} says`).to.not.equal(undefined);
  return finding?.mistake;
}
