import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, WorkshopError } from '../errors.ts';
import { repositoryRoot } from '../root.ts';
import { parseYaml } from '../yaml.ts';
import { checkMeaning } from './meaning.ts';
import type { Settings } from './settings.ts';
import { checkShape } from './shape.ts';

/**
 * Reads the settings: `file`, or the repository's own settings.yaml. The result is frozen.
 * Throws WorkshopError `usage` that names every bad field with its path.
 */
export function loadSettings(file: string = join(repositoryRoot(), 'settings.yaml')): Settings {
  return parseSettings(read(file), file);
}

/** Like loadSettings, from text. `source` is its name in messages. */
export function parseSettings(text: string, source: string): Settings {
  const problems: string[] = [];
  const settings = checkShape(parseYaml(text, source), problems);
  if (problems.length === 0) problems.push(...checkMeaning(settings));
  if (problems.length > 0) {
    const list = problems.length === 1 ? ` ${problems[0]}` : `\n  ${problems.join('\n  ')}`;
    throw new WorkshopError('usage', `could not use ${source}:${list}`);
  }
  return deepFreeze(settings);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new WorkshopError('usage', `could not read the settings: ${messageOf(error)}`, {
      advice: 'name another file with --settings FILE',
      cause: error,
    });
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
