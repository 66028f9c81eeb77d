import { findLab, findStep } from '../../labs/course/find-step.ts';
import { chooseLanguage, type Language } from '../../labs/course/language.ts';
import { courseOutline, type LabOutline, type StepRef } from '../../labs/course/outline.ts';
import { type Words, words } from '../../labs/course/words.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { clusterPaths, stateFolder } from '../../lib/paths.ts';
import type { Context, FlagSpecs } from '../cli/command.ts';
import { type CourseStore, openStore } from './store.ts';

/** What every command of the course works with; needs no cluster. */
export interface Course {
  outline: readonly LabOutline[];
  store: CourseStore;
  language: Language;
  words: Words;
  /** The step that the learner is at; undefined before `workshop start`, or when that step is no more. */
  current: StepRef | undefined;
}

/** The flags of commands that show texts. */
export const courseFlags = {
  lang: { type: 'string', value: 'LANG', summary: 'en, ko or zh (default: from LC_ALL or LANG, else en)' },
} as const satisfies FlagSpecs;

/** Reads the course's folders and the learner's progress. Says so when the wanted language is unknown. */
export function openCourse({ name, env, flags, progress }: Context): Course {
  const outline = courseOutline();
  const store = openStore(clusterPaths(name, stateFolder(env)));
  const wanted = typeof flags['lang'] === 'string' ? flags['lang'] : undefined;
  const { language, unknown } = chooseLanguage(wanted, env);
  if (unknown !== undefined) progress.warn(`there are no texts in "${unknown}": these are the English ones`);
  const { current: key } = store.progress();
  const current = outline.flatMap(({ steps }) => steps).find((step) => step.key === key);
  return { outline, store, language, words: words[language], current };
}

/** The step that the words name, the current one without words. Throws WorkshopError `usage` when there is neither. */
export function wantedStep({ outline, current }: Course, args: readonly string[]): StepRef {
  const [word] = args;
  if (word !== undefined) return findStep(outline, word, current?.lab);
  if (current) return current;
  throw new WorkshopError('usage', 'could not find your step: you have not started yet', {
    advice: 'workshop start',
  });
}

/** The step after this one in teaching order; undefined after the last. */
export function stepAfter({ outline }: Course, { key }: StepRef): StepRef | undefined {
  const all = outline.flatMap(({ steps }) => steps);
  const at = all.findIndex((step) => step.key === key);
  return at === -1 ? undefined : all[at + 1];
}

/** Where `workshop start` leads to: the named step, the first undone step of the named lab, or where the learner was. */
export function startingPoint(course: Course, [word]: readonly string[]): StepRef {
  const { outline, store, current } = course;
  const lab = word === undefined ? undefined : findLab(outline, word);
  if (word !== undefined && lab === undefined) return findStep(outline, word, current?.lab);
  if (word === undefined && current) return current;
  const { steps: known } = store.progress();
  const steps = lab?.steps ?? outline.flatMap((each) => each.steps);
  const first = steps.find(({ key }) => known[key]?.passedAt === undefined) ?? steps[0];
  if (first) return first;
  throw new WorkshopError('bug', `could not start: ${lab?.lab ?? 'the course'} has no steps yet`);
}
