import type { Command } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { courseFlags, openCourse, wantedStep } from './course.ts';
import { enterStep } from './enter-step.ts';
import { predictFlag } from './predict.ts';

/** `workshop goto` */
export const gotoStep: Command = {
  usage: ['STEP [--predict N] [--lang LANG]'],
  description:
    'Goes to any step. Its set-up makes all that it begins with, whether the steps before it were done or not.',
  examples: [
    { command: 'workshop goto dns/two-namespaces', does: 'go to a step of another lab' },
    { command: 'workshop goto 20', does: 'go to step 20-… of this lab' },
  ],
  flags: { ...courseFlags, ...predictFlag },
  async run(context) {
    if (context.args.length !== 1) throw usageError('goto needs one step', 'workshop progress');
    const course = openCourse(context);
    await enterStep(context, course, wantedStep(course, context.args));
    return 0;
  },
};
