import { writeFileAtomically } from '../../lib/atomic-file.ts';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import type { Context } from '../cli/command.ts';

/** Writes a result to the file of `--output`, else to stdout. Throws WorkshopError `usage` when the file cannot be written. */
export function deliver({ flags, out, progress }: Context, text: string): void {
  const file = flags['output'];
  if (typeof file !== 'string') {
    out.write(text);
    return;
  }
  try {
    writeFileAtomically(file, text, 0o644);
  } catch (error) {
    throw new WorkshopError('usage', `could not write ${file}: ${messageOf(error)}`, {
      advice: 'name a file in a folder that exists',
      cause: error,
    });
  }
  progress.note(`wrote ${file}`);
}
