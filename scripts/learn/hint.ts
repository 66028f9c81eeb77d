import type { StepRef } from '../../labs/course/outline.ts';
import { readStepText } from '../../labs/course/read-text.ts';
import { WorkshopError } from '../../lib/errors.ts';
import type { Command, Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { type Course, courseFlags, openCourse, wantedStep } from './course.ts';
import { paperOf } from './paper.ts';
import { renderPart } from './render-step.ts';

/** `workshop hint` */
export const hint: Command = {
  usage: ['[N] [--lang LANG]'],
  description:
    'Looks at the cluster first: a mistake that the step foresees is named. Otherwise the hints come one by one, from vague to\n' +
    'concrete; none of them is the command.',
  examples: [
    { command: 'workshop hint', does: 'what fits what you did, else the next hint' },
    { command: 'workshop hint 1', does: 'the first hint again' },
  ],
  flags: courseFlags,
  async run(context) {
    const course = openCourse(context);
    const ref = wantedStep(course, []);
    const { text } = readStepText(ref, course.language);
    const chosen = await choose(context, course, ref, text.hints.length);
    if (chosen === undefined) {
      context.out.line(`✓ ${course.words.done}: workshop next`);
      return 0;
    }
    const { store, words } = course;
    store.record({ kind: 'hint', step: ref.key, hint: chosen });
    const body = (typeof chosen === 'number' ? text.hints[chosen - 1] : text.mistakes[chosen]) ?? '';
    const title =
      typeof chosen === 'number'
        ? `${words.hint} ${chosen}/${text.hints.length}`
        : `${words.mistake}: ${chosen}`;
    if (context.json) context.out.json({ step: ref.key, hint: chosen, text: body });
    else context.out.write(renderPart(title, body, paperOf(context)));
    return 0;
  },
};

/** A number, the id of a mistake that the check saw, or undefined when the step is done. */
async function choose(
  context: Context,
  course: Course,
  ref: StepRef,
  count: number,
): Promise<number | string | undefined> {
  const [word] = context.args;
  if (word !== undefined) {
    const number = /^\d+$/.test(word) ? Number(word) : 0;
    if (number >= 1 && number <= count) return number;
    throw usageError(`"${word}" is not a number from 1 to ${count}`, 'workshop hint');
  }
  const { hints = [] } = course.store.progress().steps[ref.key] ?? {};
  const seen = await whatIsSeen(context, ref);
  if (seen === 'done') return undefined;
  const last = Math.max(0, ...hints.filter((each) => typeof each === 'number'));
  const named = seen !== undefined && seen in readStepText(ref, course.language).text.mistakes;
  // Who has read what the mistake is and asks again wants to hear something else, while there is something.
  if (named && (!hints.includes(seen) || last === count)) return seen;
  return Math.min(last + 1, count);
}

/** The mistake that the check recognises, `done` when there is none; undefined when nothing can be seen. */
async function whatIsSeen(context: Context, ref: StepRef): Promise<string | undefined> {
  const [{ openSession }, { checkStep }] = await Promise.all([
    import('./session.ts'),
    import('./check-step.ts'),
  ]);
  const session = await openSession(context, ref).catch((error: unknown) => {
    // Hints can be read without a cluster.
    if (error instanceof WorkshopError && error.fault === 'environment') return undefined;
    throw error;
  });
  if (session === undefined) return undefined;
  try {
    const result = await checkStep(session);
    return result.ok ? 'done' : result.finding.mistake;
  } catch (error) {
    if (error instanceof WorkshopError) return undefined;
    throw error;
  } finally {
    session.close();
  }
}
