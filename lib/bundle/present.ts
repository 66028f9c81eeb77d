import { statSync } from 'node:fs';
import { WorkshopError } from '../errors.ts';
import { type Bundle, fileIn } from './bundle.ts';

/**
 * A look that takes no time: these files are there and as long as they were. Throws WorkshopError `environment` that names the
 * first one which is not.
 */
export function requirePresent(bundle: Bundle, paths: readonly string[]): void {
  for (const path of paths) {
    const file = fileIn(bundle, path);
    const seen = statSync(file, { throwIfNoEntry: false })?.size;
    const wanted = bundle.manifest.files.find((known) => known.path === path)?.size;
    if (seen === wanted) continue;
    const why = seen === undefined ? 'is missing' : `has ${seen} bytes, not ${wanted}`;
    throw new WorkshopError('environment', `could not use the bundle ${bundle.folder}: ${path} ${why}`, {
      advice: 'workshop bundle verify, then workshop bundle',
    });
  }
}
