import { readStepText } from '../../labs/course/read-text.ts';
import type { Command } from '../cli/command.ts';
import { courseFlags, openCourse, wantedStep } from './course.ts';
import { paperOf } from './paper.ts';
import { predict, predictFlag } from './predict.ts';
import { renderIntroduction, renderStep } from './render-step.ts';

/** `workshop show` */
export const show: Command = {
  usage: ['[STEP] [--intro] [--predict N] [--lang LANG]'],
  examples: [
    { command: 'workshop show', does: 'show the step you are at' },
    { command: 'workshop show clusterip/make-the-service', does: 'show another one' },
    { command: 'workshop show --intro', does: "show the lab's introduction" },
    { command: 'workshop show --predict 2', does: 'say what you expect' },
  ],
  flags: {
    ...courseFlags,
    ...predictFlag,
    intro: { type: 'boolean', summary: "the lab's introduction instead of the step" },
  },
  async run(context) {
    const course = openCourse(context);
    const ref = wantedStep(course, context.args);
    if (context.flags['predict'] !== undefined) await predict(context, course, ref);
    if (context.json) {
      const { text, language } = readStepText(ref, course.language);
      // Solutions and hints are asked for by name.
      const { title, task, prediction } = text;
      context.out.json({ step: ref.key, language, title, task, prediction });
      return 0;
    }
    const page = context.flags['intro'] === true ? renderIntroduction : undefined;
    const paper = paperOf(context);
    context.out.write(page ? page(course, ref.lab, paper) : renderStep(course, ref, paper));
    return 0;
  },
};
