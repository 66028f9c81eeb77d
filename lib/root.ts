import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WorkshopError } from './errors.ts';

const packageName = 'kubernetes-services-workshop';

let found: string | undefined;

/**
 * The folder of the repository: the nearest one above this file, source or bundle, whose package.json has our name.
 * Throws WorkshopError `bug` when there is none, as when a bundle was copied elsewhere.
 */
export function repositoryRoot(): string {
  found ??= search(import.meta.dirname);
  return found;
}

function search(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (nameIn(folder) === packageName) return folder;
    if (folder === dirname(folder)) {
      throw new WorkshopError('bug', `could not find the workshop's folder above ${start}`);
    }
  }
}

function nameIn(folder: string): string | undefined {
  try {
    const parsed = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string };
    return parsed.name;
  } catch {
    return undefined;
  }
}
