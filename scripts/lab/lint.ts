import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, languages } from '../../labs/course/language.ts';
import { courseOutline, type StepRef } from '../../labs/course/outline.ts';
import { readIntroduction, readStepText } from '../../labs/course/read-text.ts';
import type { StepText } from '../../labs/course/step-text.ts';
import { labs } from '../../labs/index.ts';
import type { Step } from '../../labs/step.ts';
import { messageOf } from '../../lib/errors.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { claimFindings } from './lint-claims.ts';
import { tellingHints } from './lint-hints.ts';
import { imageFindings } from './lint-images.ts';
import { linkFindings } from './lint-links.ts';

export interface LintFinding {
  /** File or folder, from the repository's root. */
  where: string;
  rule: 'translation' | 'text' | 'step' | 'hint' | 'link' | 'claim' | 'image';
  message: string;
}

/** A step with all that there is of it. */
export interface WholeStep {
  ref: StepRef;
  step: Step;
  texts: Partial<Record<Language, StepText>>;
}

/** What is wrong with the course, as far as that can be seen without a cluster. Asks the network only when `online`. */
export async function lintCourse({
  online,
  signal,
}: {
  online: boolean;
  signal: AbortSignal;
}): Promise<LintFinding[]> {
  const findings: LintFinding[] = [];
  const steps: WholeStep[] = [];
  for (const lab of courseOutline()) {
    const place = `labs/${lab.lab}`;
    findings.push(...introductionFindings(lab));
    const definition = labs.find(({ id }) => id === lab.lab);
    if (!definition)
      findings.push({ where: place, rule: 'step', message: 'labs/index.ts does not list this lab' });
    if (lab.steps.length === 0) findings.push({ where: place, rule: 'step', message: 'no step' });
    for (const ref of lab.steps) {
      const step = definition?.steps?.find(({ id }) => id === ref.step);
      const where = `${place}/steps/${ref.step}`;
      if (!step) findings.push({ where, rule: 'step', message: 'lab.ts does not list this step' });
      else steps.push({ ref, step, texts: textsOf(ref, where, findings) });
    }
  }
  for (const each of steps) findings.push(...stepFindings(each));
  findings.push(...claimFindings(steps), ...imageFindings(sources()));
  findings.push(...(await linkFindings(steps, { online, signal })));
  return findings;
}

function introductionFindings(lab: Parameters<typeof readIntroduction>[0]): LintFinding[] {
  return languages
    .filter((language) => readIntroduction(lab, language)?.language !== language)
    .map((language) => ({
      where: `labs/${lab.lab}/lab.${language}.md`,
      rule: 'translation',
      message: 'the introduction is missing',
    }));
}

function textsOf(ref: StepRef, where: string, findings: LintFinding[]): WholeStep['texts'] {
  const texts: WholeStep['texts'] = {};
  for (const language of languages) {
    const file = `${where}/text.${language}.md`;
    try {
      const found = readStepText(ref, language);
      if (found.language === language) texts[language] = found.text;
      else findings.push({ where: file, rule: 'translation', message: 'the text is missing' });
    } catch (error) {
      findings.push({ where: file, rule: 'text', message: messageOf(error) });
    }
  }
  return texts;
}

const leastHints = 3;
const leastMistakes = 2;

/** What is wrong with one step and its texts. */
export function stepFindings({ ref, step, texts }: WholeStep): LintFinding[] {
  const where = `labs/${ref.lab}/steps/${ref.step}`;
  const findings: LintFinding[] = [];
  const say = (place: string, rule: LintFinding['rule'], message: string) => {
    findings.push({ where: place, rule, message });
  };
  if (step.mistakes.length < leastMistakes)
    say(where, 'step', `only ${step.mistakes.length} foreseen mistakes`);
  const ids = step.mistakes.map(({ id }) => id);
  for (const [language, text] of Object.entries(texts)) {
    const file = `${where}/text.${language}.md`;
    if (text.hints.length < leastHints) say(file, 'text', `only ${text.hints.length} hints`);
    const named = Object.keys(text.mistakes);
    for (const id of ids) if (!named.includes(id)) say(file, 'text', `no words for the mistake ${id}`);
    for (const id of named)
      if (!ids.includes(id)) say(file, 'text', `words for ${id}, a mistake that step.ts has not`);
    for (const message of tellingHints(text)) say(file, 'hint', message);
    for (const message of differences(text, texts.en)) say(file, 'translation', message);
  }
  return findings;
}

function differences(text: StepText, english: StepText | undefined): string[] {
  if (english === undefined) return [];
  const counts = (each: StepText): [string, number][] => [
    ['options', each.prediction.options.length],
    ['hints', each.hints.length],
    ['notes on what changed', each.since === undefined ? 0 : 1],
    ['blocks of commands', each.solution.split(/^```/m).length >> 1],
  ];
  const wanted = new Map(counts(english));
  const found = counts(text)
    .filter(([what, count]) => wanted.get(what) !== count)
    .map(([what, count]) => `${count} ${what}, the English text has ${wanted.get(what)}`);
  const [own, other] = [versionsIn(text.since), versionsIn(english.since)];
  return own === other ? found : [...found, `versions ${own} in what changed, the English text has ${other}`];
}

/** A version that was mistyped in one language is a wrong fact that nobody else would notice. */
function versionsIn(since = ''): string {
  const versions = since.match(/(?<![\d.])\d+\.\d+(?![\d.]*\d)/g) ?? [];
  return [...new Set(versions)].sort().join(', ') || 'none';
}

/** The files in which images are named. */
function sources(): { where: string; text: string }[] {
  const root = repositoryRoot();
  return ['manifests', 'labs'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ya?ml|ts)$/.test(name))
      .map((name) => `${folder}/${name}`)
      .map((where) => ({ where, text: readFileSync(join(root, where), 'utf8') })),
  );
}
