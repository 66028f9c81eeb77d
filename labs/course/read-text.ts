import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from './language.ts';
import type { LabOutline, StepRef } from './outline.ts';
import { parseStepText, type StepText } from './step-text.ts';

/** A text with the language that it is really in: English where the wanted one is missing. */
export interface Translated<T> {
  text: T;
  language: Language;
}

/** The text of a step. Throws WorkshopError `bug` when it is damaged, a system error when there is none. */
export function readStepText({ folder }: StepRef, wanted: Language): Translated<StepText> {
  const { file, language } = fileIn(folder, 'text', wanted);
  return { text: parseStepText(readFileSync(file, 'utf8'), file), language };
}

/** A lab's introduction: its title and some paragraphs. Undefined where none is written. */
export function readIntroduction(
  { folder }: LabOutline,
  wanted: Language,
): Translated<{ title: string; body: string }> | undefined {
  const { file, language } = fileIn(folder, 'lab', wanted);
  if (!existsSync(file)) return undefined;
  const source = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  const [, title = '', body = ''] = /^\s*# (.+)\n([\s\S]*)$/.exec(source) ?? ['', '', source];
  return { text: { title: title.trim(), body: body.trim() }, language };
}

/** Changes when a step's task, check or solution does: progress made with the old one is then marked so. */
export function contentHash({ folder }: StepRef): string {
  const hash = createHash('sha256');
  for (const name of ['step.ts', 'text.en.md']) {
    const file = join(folder, name);
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 12);
}

function fileIn(folder: string, name: string, wanted: Language): { file: string; language: Language } {
  const file = join(folder, `${name}.${wanted}.md`);
  return existsSync(file)
    ? { file, language: wanted }
    : { file: join(folder, `${name}.en.md`), language: 'en' };
}
