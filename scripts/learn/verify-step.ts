import type { StepRef } from '../../labs/course/outline.ts';
import { readStepText } from '../../labs/course/read-text.ts';
import type { Context } from '../cli/command.ts';
import { wrap } from '../verify/report/wrap.ts';
import { checkStep, failureOf, type StepResult, whatHappened } from './check-step.ts';
import type { Course } from './course.ts';
import { paperOf } from './paper.ts';
import { predictionLine, renderPart } from './render-step.ts';
import { openSession, type Session } from './session.ts';

/** Checks a step once, keeps and prints the result; resolves with the exit code, 0 or 1. Throws as checkStep does. */
export async function verifyStep(context: Context, course: Course, ref: StepRef): Promise<number> {
  const session = await openSession(context, ref);
  try {
    const result = await checkStep(session);
    await keep(course, session, result);
    printResult(context, course, session, result);
    return result.ok ? 0 : 1;
  } finally {
    session.close();
  }
}

/** Enters a result in the learner's progress; with the first green one also what happened, if the learner had predicted it. */
export async function keep({ store }: Course, session: Session, result: StepResult): Promise<void> {
  const step = session.ref.key;
  const before = store.progress().steps[step];
  const first = result.ok && before?.passedAt === undefined;
  const happened = first ? await whatHappened(session) : undefined;
  const { ok, ms } = result;
  store.record({
    kind: 'checked',
    step,
    ok,
    ms,
    ...(happened !== undefined && { happened }),
    ...(!result.ok && { failure: failureOf(result.finding) }),
  });
}

/** Says whether the step is done; if not what was expected, what was seen, and where to look and read. */
export function printResult(context: Context, course: Course, session: Session, result: StepResult): void {
  const { out, json } = context;
  if (json) out.json(asJson(course, session, result));
  else if (result.ok) out.write(doneText(context, course, session));
  else out.write(notDoneText(course, session, result));
}

function asJson({ store }: Course, { ref, step }: Session, result: StepResult): object {
  const { prediction } = store.progress().steps[ref.key] ?? {};
  const { ok, ms } = result;
  const base = { step: ref.key, claims: step.claims, ok, ms, links: step.links, prediction };
  return ok ? base : { ...base, ...result.finding };
}

function doneText(context: Context, course: Course, { ref }: Session): string {
  const { words, store, language } = course;
  const { text } = readStepText(ref, language);
  const lines = [`✓ ${words.done}: ${text.title}`];
  const { prediction } = store.progress().steps[ref.key] ?? {};
  if (prediction) lines.push(predictionLine(course, prediction));
  if (text.since !== undefined)
    lines.push('', renderPart(words.since, text.since, paperOf(context)).trimEnd());
  lines.push('', `${words.explained}: workshop solution`, `${words.next}: workshop next`);
  return `${lines.join('\n')}\n`;
}

function notDoneText(
  { words, language }: Course,
  { ref, step }: Session,
  { finding }: Extract<StepResult, { ok: false }>,
): string {
  const { text } = readStepText(ref, language);
  const rows: [string, string][] = [
    [words.expected, finding.expected],
    [words.observed, finding.observed],
    [words.look, finding.look ?? step.look],
    ...step.links.map((link): [string, string] => [words.read, link]),
  ];
  const body = rows.flatMap(([label, value]) => {
    // An address in two lines cannot be clicked, copied or read out.
    const [first = '', ...more] = value.startsWith('https://') ? [value] : wrap(value, 66);
    return [`  ${label}: ${first}`, ...more.map((line) => `    ${line}`)];
  });
  const end = `${words.next}: workshop hint`;
  return `${[`✗ ${words.notDone}: ${text.title}`, ...body, '', end].join('\n')}\n`;
}
