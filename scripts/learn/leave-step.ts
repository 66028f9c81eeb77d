import type { StepRef } from '../../labs/course/outline.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Context } from '../cli/command.ts';
import type { Course } from './course.ts';
import { openSession, stepOf } from './session.ts';

const leaveMs = 30_000;

/**
 * Lets the step that the learner is at mend what would disturb the next one: a frozen proxy, a node in another mode.
 * Warns when it cannot; the next step's set-up says what it lacks.
 */
export async function leaveStep(context: Context, { current }: Course, next: StepRef): Promise<void> {
  if (current === undefined || current.key === next.key || stepOf(current).leave === undefined) return;
  const session = await openSession(context, current);
  try {
    await session.step.leave?.(session.view(leaveMs));
  } catch (error) {
    context.progress.warn(`could not mend what ${current.key} left behind: ${messageOf(error)}`);
  } finally {
    session.close();
  }
}
