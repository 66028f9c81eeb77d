import { readStepText } from '../../labs/course/read-text.ts';
import type { Command } from '../cli/command.ts';
import { courseFlags, openCourse, wantedStep } from './course.ts';
import { paperOf } from './paper.ts';
import { renderPart } from './render-step.ts';

/** `workshop solution` */
export const solution: Command = {
  usage: ['[STEP] [--lang LANG]'],
  description:
    'Shows a solution in words and commands. Looking is fine; the report says so when the step was not done yet.',
  examples: [{ command: 'workshop solution', does: 'how it can be done' }],
  flags: courseFlags,
  async run(context) {
    const course = openCourse(context);
    const ref = wantedStep(course, context.args);
    const { text } = readStepText(ref, course.language);
    course.store.record({ kind: 'solution', step: ref.key });
    if (context.json) {
      context.out.json({ step: ref.key, solution: text.solution, since: text.since });
      return 0;
    }
    const { words } = course;
    const paper = paperOf(context);
    context.out.write(renderPart(words.solution, text.solution, paper));
    if (text.since !== undefined) context.out.write(`\n${renderPart(words.since, text.since, paper)}`);
    return 0;
  },
};
