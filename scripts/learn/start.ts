import type { Command } from '../cli/command.ts';
import { courseFlags, openCourse, startingPoint } from './course.ts';
import { enterStep } from './enter-step.ts';
import { predictFlag } from './predict.ts';

/** `workshop start` */
export const start: Command = {
  usage: ['[LAB|STEP] [--predict N] [--lang LANG]'],
  description:
    'Begins the course, or goes on where you were, the next day too. Each lab has a namespace of its own on the cluster;\n' +
    'the kubeconfig that is named at the end always points to the one you are at.',
  examples: [
    { command: 'workshop start', does: 'begin, or go on' },
    { command: 'workshop start dns', does: 'go to the first undone step of a lab' },
    { command: 'workshop start --lang ko', does: 'the same with Korean texts' },
  ],
  flags: { ...courseFlags, ...predictFlag },
  async run(context) {
    const course = openCourse(context);
    const ref = startingPoint(course, context.args);
    await enterStep(context, course, ref, { resume: context.args.length === 0 });
    return 0;
  },
};
