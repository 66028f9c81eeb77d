import { WorkshopError } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { LabOutline, StepRef } from './outline.ts';

/**
 * The step that a word names: `02-clusterip/10-make-the-service`, `clusterip/make-the-service`, `02/10`; a step alone is looked
 * for in the lab `near` first. Throws WorkshopError `usage` for a word that names none, or several.
 */
export function findStep(outline: readonly LabOutline[], word: string, near?: string): StepRef {
  const found = matching(outline, word, near);
  const [first] = found;
  if (first && found.length === 1) return first;
  const all = outline.flatMap(({ steps }) => steps);
  const why =
    found.length > 1
      ? `it may be ${found.map(({ key }) => key).join(' or ')}`
      : `no such step${didYouMean(word, [...all.map(({ key }) => key), ...all.map(({ step }) => bare(step))])}`;
  throw new WorkshopError('usage', `could not find the step ${word}: ${why}`, {
    advice: 'workshop progress',
  });
}

/** The lab that a word names: `02-clusterip`, `clusterip` or `02`; undefined for any other word. */
export function findLab(outline: readonly LabOutline[], word: string): LabOutline | undefined {
  return outline.find(({ lab }) => names(lab, word));
}

/** True when the word can only be meant as a step: it has a slash, or it is a step's name and no lab's. */
export function isStepWord(outline: readonly LabOutline[], word: string, near?: string): boolean {
  if (word.includes('/')) return true;
  return findLab(outline, word) === undefined && matching(outline, word, near).length > 0;
}

function matching(outline: readonly LabOutline[], word: string, near?: string): StepRef[] {
  const [labWord, stepWord = ''] = word.includes('/') ? word.split('/', 2) : [undefined, word];
  const labs = labWord === undefined ? outline : outline.filter(({ lab }) => names(lab, labWord));
  const found = labs.flatMap(({ steps }) => steps.filter(({ step }) => names(step, stepWord)));
  const here = found.filter(({ lab }) => lab === near);
  return labWord === undefined && here.length > 0 ? here : found;
}

/** A folder `NN-name` is named by itself, by its name, or by its number. */
function names(folder: string, word: string): boolean {
  return folder === word || bare(folder) === word || folder.startsWith(`${word}-`);
}

function bare(folder: string): string {
  return folder.replace(/^\d+-/, '');
}
