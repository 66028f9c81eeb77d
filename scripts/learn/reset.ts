import { createInterface } from 'node:readline/promises';
import type { StepRef } from '../../labs/course/outline.ts';
import type { Command, Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { type Course, courseFlags, openCourse, wantedStep } from './course.ts';
import { setUp } from './enter-step.ts';
import { openSession, type Session } from './session.ts';

/** `workshop reset` */
export const reset: Command = {
  usage: ['[STEP]', '--lab', '--progress [--yes]'],
  examples: [
    { command: 'workshop reset', does: 'take back what you made in this step, and set it up anew' },
    { command: 'workshop reset --lab', does: "give the lab's namespace up and begin the step in a new one" },
    { command: 'workshop reset --progress', does: 'forget all that was kept of you' },
  ],
  flags: {
    ...courseFlags,
    lab: { type: 'boolean', summary: "the whole lab: everything in the lab's namespaces" },
    progress: { type: 'boolean', summary: 'the progress of the whole course; leaves the cluster as it is' },
    yes: { type: 'boolean', short: 'y', summary: 'do not ask' },
  },
  async run(context) {
    const course = openCourse(context);
    if (context.flags['progress'] === true) return forget(context, course);
    const ref = wantedStep(course, context.args);
    const session = await openSession(context, ref);
    try {
      const whole = context.flags['lab'] === true;
      await context.progress.step(`reset ${whole ? ref.lab : ref.key}`, () => anew(session, whole));
    } finally {
      session.close();
    }
    for (const step of affected(course, ref, context)) course.store.record({ kind: 'reset', step });
    context.out.line(`${ref.key} begins anew: workshop show`);
    return 0;
  },
};

const resetMs = 60_000;

async function anew(session: Session, whole: boolean): Promise<void> {
  const { place, step, view } = session;
  const lab = view(resetMs);
  await place.open(lab.signal);
  if (whole) {
    // What it broke outside of its namespaces does not go with them.
    await step.leave?.(lab);
    await place.close();
  } else {
    await step.reset(lab);
  }
  await setUp(session);
}

function affected({ outline, store }: Course, ref: StepRef, { flags }: Context): string[] {
  if (flags['lab'] !== true) return [ref.key];
  const { steps: known } = store.progress();
  const steps = outline.find(({ lab }) => lab === ref.lab)?.steps ?? [];
  return steps.map(({ key }) => key).filter((key) => key in known);
}

async function forget(context: Context, { store }: Course): Promise<number> {
  if (context.flags['yes'] !== true && !(await confirmed(context))) return 1;
  store.clear();
  context.out.line('Your progress is forgotten: workshop start');
  return 0;
}

async function confirmed({ signal }: Context): Promise<boolean> {
  if (process.stdin.isTTY !== true)
    throw usageError('reset --progress cannot ask here', 'workshop reset --progress --yes');
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^y(es)?$/i.test((await lines.question('Forget your whole progress? (y/N) ', { signal })).trim());
  } finally {
    lines.close();
  }
}
