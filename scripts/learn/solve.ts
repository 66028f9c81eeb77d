import { WorkshopError } from '../../lib/errors.ts';
import type { Command } from '../cli/command.ts';
import { judge } from '../verify/judgement.ts';
import { checkStep } from './check-step.ts';
import { courseFlags, openCourse, wantedStep } from './course.ts';
import { setUp } from './enter-step.ts';
import { openSession, type Session } from './session.ts';
import { keep, printResult } from './verify-step.ts';

/** `workshop solve` */
export const solve: Command = {
  usage: ['[STEP] [--lang LANG]'],
  description: 'Does for you what the step asks for, and checks it. The report says that it was done so.',
  examples: [{ command: 'workshop solve', does: 'let the workshop do the step' }],
  flags: courseFlags,
  async run(context) {
    const course = openCourse(context);
    const ref = wantedStep(course, context.args);
    const session = await openSession(context, ref);
    try {
      await context.progress.step(`solve ${ref.key}`, () => solveStep(session));
      course.store.record({ kind: 'solved', step: ref.key });
      const result = await checkStep(session);
      await keep(course, session, result);
      printResult(context, course, session, result);
      if (result.ok) return 0;
      throw new WorkshopError('bug', `could not solve ${ref.key}: its check is still red`, {
        advice: 'workshop reset, then workshop solve',
      });
    } finally {
      session.close();
    }
  },
};

const solveMs = 90_000;

async function solveStep(session: Session): Promise<void> {
  const { step, view, ref } = session;
  await setUp(session);
  try {
    await step.solve(view(solveMs));
  } catch (error) {
    const { finding, fault } = judge(error, step.look);
    const why = finding ? `expected ${finding.expected}, observed ${finding.observed}` : fault?.message;
    throw new WorkshopError(fault?.kind ?? 'bug', `could not solve ${ref.key}: ${why}`, { cause: error });
  }
}
