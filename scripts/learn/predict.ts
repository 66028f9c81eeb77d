import { createInterface } from 'node:readline/promises';
import type { StepRef } from '../../labs/course/outline.ts';
import { readStepText } from '../../labs/course/read-text.ts';
import type { Context, FlagSpecs } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import type { Course } from './course.ts';

export const predictFlag = {
  predict: { type: 'string', value: 'N', summary: 'the number of the option that you expect' },
} as const satisfies FlagSpecs;

/**
 * Keeps what the learner expects of a step: `--predict N`, or on a terminal the answer to a question, once. Enter alone is no
 * answer. Throws WorkshopError `usage` for a number that no option has.
 */
export async function predict(context: Context, course: Course, ref: StepRef): Promise<void> {
  const { store, language, words } = course;
  const { options } = readStepText(ref, language).text.prediction;
  const given = context.flags['predict'];
  const kept = store.progress().steps[ref.key];
  if (typeof given === 'string') {
    const choice = choiceOf(given, options.length);
    if (choice === undefined)
      throw usageError(`--predict "${given}" is not a number from 1 to ${options.length}`);
    store.record({ kind: 'predicted', step: ref.key, choice });
    return;
  }
  if (kept?.prediction || kept?.passedAt || !isConversation(context)) return;
  const choice = await ask(
    context,
    `${words.yourPrediction} (1-${options.length}, Enter: -): `,
    options.length,
  );
  if (choice !== undefined) store.record({ kind: 'predicted', step: ref.key, choice });
}

function isConversation({ json, quiet }: Context): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && !json && !quiet;
}

async function ask({ signal }: Context, question: string, count: number): Promise<number | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // On a terminal readline takes Ctrl-C for itself.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    for (;;) {
      const answer = (await lines.question(question, { signal })).trim();
      const choice = choiceOf(answer, count);
      if (answer === '' || choice !== undefined) return choice;
    }
  } finally {
    lines.close();
  }
}

function choiceOf(text: string, count: number): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= count ? number : undefined;
}
