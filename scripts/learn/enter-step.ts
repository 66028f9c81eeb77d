import type { StepRef } from '../../labs/course/outline.ts';
import { contentHash } from '../../labs/course/read-text.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { isNotFound } from '../../lib/kube/api-error.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1Namespace, Wire } from '../../lib/kube/types.ts';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import type { Context } from '../cli/command.ts';
import { judge } from '../verify/judgement.ts';
import type { Course } from './course.ts';
import { pointTo } from './kubeconfig.ts';
import { leaveStep } from './leave-step.ts';
import { paperOf } from './paper.ts';
import { predict } from './predict.ts';
import { renderIntroduction, renderStep } from './render-step.ts';
import { openSession, type Session } from './session.ts';

/** Pods have to come up, images to be unpacked. */
const setUpMs = 90_000;

/**
 * Brings the learner to a step: its set-up, its page, the question. `resume` leaves a step alone that is set up already.
 * Throws WorkshopError: `environment` when the cluster is away, `bug` when the set-up does not succeed.
 */
export async function enterStep(
  context: Context,
  course: Course,
  ref: StepRef,
  options: { resume?: boolean } = {},
): Promise<void> {
  const { kubeconfig, wentOn } = await beginStep(context, course, ref, options);
  showPage(context, course, ref, wentOn || course.current?.lab === ref.lab);
  await predict(context, course, ref);
  if (context.env['KUBECONFIG'] !== kubeconfig) {
    context.progress.note(`kubectl's namespace and cluster: export KUBECONFIG=${kubeconfig}`);
  }
}

/** The same without page and question; gives the learner's kubeconfig, and whether the step was set up already. */
export async function beginStep(
  context: Context,
  course: Course,
  ref: StepRef,
  { resume = false }: { resume?: boolean } = {},
): Promise<{ kubeconfig: string; wentOn: boolean }> {
  const { store } = course;
  await leaveStep(context, course, ref);
  const session = await openSession(context, ref);
  try {
    const wentOn = resume && store.progress().steps[ref.key] !== undefined && (await isSetUp(session));
    if (!wentOn) {
      await context.progress.step(`set up ${ref.key}`, () => setUp(session));
      store.record({ kind: 'started', step: ref.key, content: contentHash(ref) });
    }
    const paths = clusterPaths(context.name, stateFolder(context.env));
    return { kubeconfig: pointTo(paths, session.place.namespace), wentOn };
  } finally {
    session.close();
  }
}

/** Brings about the state that the step begins with. Throws WorkshopError for whatever kept it. */
export async function setUp({ place, step, view, ref }: Session): Promise<void> {
  const lab = view(setUpMs);
  try {
    await place.open(lab.signal);
    await step.setUp(lab);
  } catch (error) {
    const { finding, fault } = judge(error, step.look);
    const why = finding ? `expected ${finding.expected}, observed ${finding.observed}` : fault?.message;
    throw new WorkshopError(fault?.kind ?? 'environment', `could not set up ${ref.key}: ${why}`, {
      advice: 'workshop reset, or workshop status',
      cause: error,
    });
  }
}

async function isSetUp({ cluster, place, view }: Session): Promise<boolean> {
  const { signal } = view(10_000);
  const find = cluster
    .client()
    .get<Wire<V1Namespace>>(resources.namespaces, { name: place.namespace }, { signal });
  return find.then(
    ({ metadata }) => metadata?.deletionTimestamp === undefined,
    (error: unknown) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );
}

/** Set in the shell of `workshop play`. */
export const besidePage = 'WORKSHOP_BESIDE_PAGE';

function showPage(context: Context, course: Course, ref: StepRef, introduced: boolean): void {
  const { out, json } = context;
  if (json) {
    out.json({ step: ref.key, progress: course.store.progress().steps[ref.key] });
    return;
  }
  // In `workshop play` the page stands beside the shell.
  if (context.env[besidePage] !== undefined) return;
  const paper = paperOf(context);
  const introduction = introduced ? '' : renderIntroduction(course, ref.lab, paper);
  if (introduction !== '') out.line(introduction);
  out.write(renderStep(course, ref, paper));
}
