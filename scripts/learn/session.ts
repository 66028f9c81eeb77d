import type { StepRef } from '../../labs/course/outline.ts';
import { labs } from '../../labs/index.ts';
import type { Lab } from '../../labs/lab.ts';
import type { Step } from '../../labs/step.ts';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { readRecord } from '../../lib/cluster/record.ts';
import { WorkshopError } from '../../lib/errors.ts';
import type { Context } from '../cli/command.ts';
import { openFor } from '../cli/open.ts';
import { findKubectl } from '../verify/kubectl.ts';
import type { LabPlace } from '../verify/lab-context.ts';
import { createLearnersPlace } from './place.ts';

/** A step with the cluster on which a learner does it. */
export interface Session {
  ref: StepRef;
  step: Step;
  cluster: Cluster;
  place: LabPlace;
  /** What the step's functions are given; they end after `ms`, or when the learner presses Ctrl-C. */
  view(ms: number): Lab;
  close(): void;
}

/** Opens the step on the running cluster. Throws WorkshopError: `environment` when it does not run, `bug` for a step without code. */
export async function openSession(context: Context, ref: StepRef): Promise<Session> {
  const step = stepOf(ref);
  const cluster = await openFor(context);
  const settings = readRecord(cluster.paths.record)?.settings ?? context.settings;
  const place = createLearnersPlace(cluster, settings, ref.lab, await findKubectl(context.env));
  return {
    ref,
    step,
    cluster,
    place,
    view: (ms) =>
      place.lab(AbortSignal.any([context.signal, AbortSignal.timeout(ms * cluster.pace)]), () => {}),
    close: () => cluster.close(),
  };
}

/** The code of a step. Throws WorkshopError `bug` when its lab does not list it. */
export function stepOf({ key, lab, step }: StepRef): Step {
  const found = labs.find(({ id }) => id === lab)?.steps?.find(({ id }) => id === step);
  if (found) return found;
  throw new WorkshopError('bug', `could not find the code of ${key}: labs/${lab}/lab.ts does not list it`);
}
