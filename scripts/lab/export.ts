import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { courseOutline } from '../../labs/course/outline.ts';
import type { Context } from '../cli/command.ts';
import { usageError } from '../cli/failure.ts';
import { killercodaFiles } from './killercoda.ts';
import { wantedLanguages } from './test-verb.ts';

/** `workshop lab export killercoda`: a scenario for each lab. */
export async function exportVerb(context: Context, words: readonly string[]): Promise<number> {
  const { flags, out, json } = context;
  const { output, repository } = flags;
  if (words.join(' ') !== 'killercoda') {
    throw usageError(`"${words.join(' ')}" is no format; there is killercoda`, 'workshop help lab');
  }
  if (typeof output !== 'string') throw usageError('export needs --output DIR', 'workshop help lab');
  if (typeof repository !== 'string' || !/^https:\/\/[\w./~-]+$/.test(repository)) {
    throw usageError('export needs --repository with an https address to clone from', 'workshop help lab');
  }
  const [language = 'en'] = flags['lang'] === undefined ? (['en'] as const) : wantedLanguages(context);
  const labs = courseOutline().filter(({ steps }) => steps.length > 0);
  const files = labs.flatMap((lab) => killercodaFiles(lab, { language, repository }));
  files.push(['structure.json', asJson({ items: labs.map(({ lab }) => ({ path: lab })) })]);
  const folder = resolve(output);
  for (const [name, text] of files) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
  }
  if (json) out.json({ folder, scenarios: labs.map(({ lab }) => lab), files: files.length });
  else out.line(`${labs.length} scenarios, ${files.length} files in ${folder}`);
  return 0;
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
