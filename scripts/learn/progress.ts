import type { StepRef } from '../../labs/course/outline.ts';
import { contentHash } from '../../labs/course/read-text.ts';
import type { Command } from '../cli/command.ts';
import { table } from '../cli/output.ts';
import { courseFlags, openCourse } from './course.ts';
import type { StepProgress } from './events.ts';

/** `workshop progress` */
export const progressCommand: Command = {
  usage: [''],
  description:
    'Every step of the course and how you stand. Kept on this machine beside the cluster, also after `workshop down`.',
  examples: [
    { command: 'workshop progress', does: 'show what is done' },
    { command: 'workshop progress --json', does: 'the same for programs' },
  ],
  flags: courseFlags,
  async run(context) {
    const { outline, store, current } = openCourse(context);
    const progress = store.progress();
    if (context.json) {
      context.out.json(progress);
      return 0;
    }
    const refs = outline.flatMap(({ steps }) => steps);
    const rows = refs.map((ref) => row(ref, progress.steps[ref.key], ref.key === current?.key));
    context.out.line(table(['', 'STEP', 'STATE', 'TRIES', 'HINTS', 'TIME', 'PREDICTION'], rows));
    const done = refs.filter(({ key }) => progress.steps[key]?.passedAt !== undefined).length;
    context.out.line(
      `\n${done} of ${refs.length} steps done. You are at: ${current?.key ?? 'none; workshop start'}`,
    );
    return 0;
  },
};

function row(ref: StepRef, kept: StepProgress | undefined, here: boolean): string[] {
  const sign = here ? '>' : '';
  if (kept === undefined) return [sign, ref.key, '-', '', '', '', ''];
  const { attempts, hints, seconds, prediction } = kept;
  const time = seconds === undefined ? '' : `${Math.max(1, Math.round(seconds / 60))} min`;
  return [sign, ref.key, stateOf(ref, kept), `${attempts}`, `${hints.length}`, time, verdict(prediction)];
}

function stateOf(ref: StepRef, { passedAt, solved, solutionSeen, content }: StepProgress): string {
  if (passedAt === undefined) return 'begun';
  const how = solved ? ' (solved for you)' : solutionSeen ? ' (with the solution)' : '';
  const old = content !== '' && content !== contentHash(ref) ? ', changed since' : '';
  return `done${how}${old}`;
}

function verdict(prediction: StepProgress['prediction']): string {
  if (prediction === undefined) return '';
  if (prediction.happened === undefined) return `${prediction.choice}`;
  return prediction.choice === prediction.happened ? 'right' : 'otherwise';
}
