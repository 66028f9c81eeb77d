import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { codeOf, messageOf, WorkshopError } from '../errors.ts';
import { shellWord } from '../shell-word.ts';

/** The text of a kubeconfig. Throws WorkshopError `usage` when the file cannot be read, or is several. */
export function readKubeconfig(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (file.includes(delimiter) && codeOf(cause) === 'ENOENT') throw severalFiles(file);
    throw new WorkshopError('usage', `could not read the kubeconfig ${file}: ${messageOf(cause)}`, {
      advice: 'another file with --kubeconfig FILE',
      cause,
    });
  }
}

/** kubectl merges the files of its variable; what is written down of a cluster here has a place for one. */
function severalFiles(list: string): WorkshopError {
  const one = `KUBECONFIG=${shellWord(list)} kubectl config view --minify --flatten --raw >FILE`;
  return new WorkshopError(
    'usage',
    `could not use ${list}: it is a list of files, and --kubeconfig (or WORKSHOP_KUBECONFIG) takes one`,
    { advice: `${one}, and --kubeconfig FILE` },
  );
}
