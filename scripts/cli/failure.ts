import { WorkshopError } from '../../lib/errors.ts';

/** A mistake on the command line; exit code 2. */
export function usageError(why: string, advice?: string): WorkshopError {
  return new WorkshopError('usage', `could not understand the command line: ${why}`, {
    ...(advice !== undefined && { advice }),
  });
}
