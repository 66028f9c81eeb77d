import { WorkshopError } from '../../lib/errors.ts';
import type { Command } from '../cli/command.ts';
import { courseFlags, openCourse, stepAfter, wantedStep } from './course.ts';
import { enterStep } from './enter-step.ts';
import { predictFlag } from './predict.ts';

/** `workshop next` */
export const next: Command = {
  usage: ['[--skip] [--predict N] [--lang LANG]'],
  examples: [
    { command: 'workshop next', does: 'go on, once the step is done' },
    { command: 'workshop next --skip', does: 'go on though it is not' },
  ],
  flags: {
    ...courseFlags,
    ...predictFlag,
    skip: { type: 'boolean', summary: 'leave the step undone' },
  },
  async run(context) {
    const course = openCourse(context);
    const ref = wantedStep(course, []);
    const passed = course.store.progress().steps[ref.key]?.passedAt !== undefined;
    if (!passed && context.flags['skip'] !== true) {
      throw new WorkshopError('checks', `could not go on: ${ref.key} is not done yet`, {
        advice: 'workshop verify; to leave it undone: workshop next --skip',
      });
    }
    const following = stepAfter(course, ref);
    if (following) await enterStep(context, course, following);
    else context.out.line('That was the last step. See what you did: workshop progress, workshop report');
    return 0;
  },
};
