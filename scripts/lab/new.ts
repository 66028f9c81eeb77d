import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Language, languages } from '../../labs/course/language.ts';
import { courseOutline } from '../../labs/course/outline.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { labelFault } from '../../lib/settings/shape.ts';
import type { Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { labSource, stepSource, stepTextSource } from './templates.ts';

/** `workshop lab new NAME`: a lab with one step, which `workshop lab test` passes through, and texts to be written. */
export async function newVerb({ out, json }: Context, words: readonly string[]): Promise<number> {
  const [name = '', ...more] = words;
  const fault = labelFault(name);
  if (fault !== undefined || more.length > 0 || /^\d/.test(name)) {
    throw usageError(`"${words.join(' ')}" is no name for a lab such as ingress-paths`, 'workshop help lab');
  }
  const files = createLab(join(repositoryRoot(), 'labs'), name);
  if (json) out.json({ files });
  else {
    for (const file of files) out.line(`wrote ${file}`);
    out.line('Now list the lab in labs/index.ts, then: workshop lab test');
  }
  return 0;
}

/** Writes the files of a new lab behind the last one; returns their names. Throws WorkshopError `usage` when it is there. */
export function createLab(labsFolder: string, name: string): string[] {
  const outline = courseOutline(labsFolder);
  const same = outline.find(({ lab }) => lab.replace(/^\d+-/, '') === name);
  if (same) throw usageError(`there is a lab ${same.lab} already`);
  const last = Number.parseInt(outline.at(-1)?.lab ?? '0', 10);
  const id = `${String(last + 1).padStart(2, '0')}-${name}`;
  const texts = (of: (language: Language) => string, stem: string): [string, string][] =>
    languages.map((language) => [`${stem}.${language}.md`, of(language)]);
  const step = 'steps/10-first';
  const files: [string, string][] = [
    ['lab.ts', labSource(id)],
    ...texts(() => `# ${name}\n\nWhat this lab is about.\n`, 'lab'),
    [`${step}/step.ts`, stepSource()],
    ...texts(() => stepTextSource(), `${step}/text`),
  ];
  return files.map(([file, text]) => {
    const path = join(labsFolder, id, file);
    if (existsSync(path)) throw usageError(`there is a file ${path} already`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
}
