import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../lib/root.ts';

/** A step's place in the course. */
export interface StepRef {
  /** `02-clusterip/10-make-the-service`: the key of a learner's progress. */
  key: string;
  lab: string;
  step: string;
  folder: string;
}

export interface LabOutline {
  lab: string;
  folder: string;
  steps: readonly StepRef[];
}

/** The course as the folders have it, in teaching order. Loads no code, so that texts can be shown at once. */
export function courseOutline(labsFolder: string = join(repositoryRoot(), 'labs')): LabOutline[] {
  return numbered(labsFolder).map((lab) => {
    const folder = join(labsFolder, lab);
    const steps = numbered(join(folder, 'steps')).map((step) => ({
      key: `${lab}/${step}`,
      lab,
      step,
      folder: join(folder, 'steps', step),
    }));
    return { lab, folder, steps };
  });
}

function numbered(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries
      .flatMap((entry) => (entry.isDirectory() && /^\d\d-/.test(entry.name) ? [entry.name] : []))
      .sort();
  } catch {
    return [];
  }
}
