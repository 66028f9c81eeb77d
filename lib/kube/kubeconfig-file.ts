import { readFileSync } from 'node:fs';
import { messageOf, WorkshopError } from '../errors.ts';

/** The text of a kubeconfig. Throws WorkshopError `usage` when the file cannot be read. */
export function readKubeconfig(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WorkshopError('usage', `could not read the kubeconfig ${file}: ${messageOf(cause)}`, {
      advice: 'another file with --kubeconfig FILE',
      cause,
    });
  }
}
