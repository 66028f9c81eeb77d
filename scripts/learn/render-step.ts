import type { Language } from '../../labs/course/language.ts';
import { type RenderOptions, renderMarkdown } from '../../labs/course/markdown/render.ts';
import type { StepRef } from '../../labs/course/outline.ts';
import { readIntroduction, readStepText, type Translated } from '../../labs/course/read-text.ts';
import type { Course } from './course.ts';
import type { StepProgress } from './events.ts';

/** The page of a step: where it is in the course, its task, and the question what the learner expects. */
export function renderStep(course: Course, ref: StepRef, paper: RenderOptions): string {
  const { language, words, store } = course;
  const { text, language: really } = readStepText(ref, language);
  const kept = store.progress().steps[ref.key];
  const parts = [
    renderMarkdown(placeOf(course, ref, kept), paper),
    renderMarkdown(`# ${text.title}\n\n${text.task}`, paper),
    renderMarkdown(`## ${words.prediction}\n\n${predictionOf(text.prediction)}`, paper),
  ];
  if (kept?.prediction) parts.push(predictionLine(course, kept.prediction));
  else if (kept?.passedAt === undefined) parts.push(`${words.yourPrediction}: workshop show --predict N`);
  return `${withFallback({ language: really }, language, words.fallback)}${parts.join('\n\n')}\n`;
}

/** A lab's introduction; empty where there is none. */
export function renderIntroduction(course: Course, lab: string, paper: RenderOptions): string {
  const { language, words, outline } = course;
  const at = outline.find((each) => each.lab === lab);
  const found = at && readIntroduction(at, language);
  if (!found) return '';
  const { title, body } = found.text;
  const page = renderMarkdown(`# ${title}\n\n${body}`, paper);
  return `${withFallback(found, language, words.fallback)}${page}\n`;
}

/** One part of a step's text under a heading of ours. */
export function renderPart(heading: string, body: string, paper: RenderOptions): string {
  return `${renderMarkdown(`## ${heading}\n\n${body}`, paper)}\n`;
}

/** `Your prediction: 2`, and what happened when that is known. */
export function predictionLine(
  { words }: Pick<Course, 'words'>,
  { choice, happened }: NonNullable<StepProgress['prediction']>,
): string {
  const yours = `${words.yourPrediction}: ${choice}`;
  if (happened === undefined) return yours;
  const verdict = choice === happened ? words.right : words.otherwise;
  return `${yours} · ${words.happened}: ${happened} (${verdict})`;
}

function placeOf({ outline, words }: Course, { lab, key }: StepRef, kept?: StepProgress): string {
  const steps = outline.find((each) => each.lab === lab)?.steps ?? [];
  const number = steps.findIndex((step) => step.key === key) + 1;
  const done = kept?.done ? `✓ ${words.done} · ` : '';
  return `${words.step} ${number}/${steps.length} · ${done}${key}`;
}

function predictionOf({ question, options }: { question: string; options: readonly string[] }): string {
  return `${question}\n\n${options.map((option, index) => `${index + 1}. ${option}`).join('\n')}`;
}

function withFallback(
  { language }: Pick<Translated<unknown>, 'language'>,
  wanted: Language,
  sentence: string,
): string {
  return language === wanted ? '' : `(${sentence})\n\n`;
}
