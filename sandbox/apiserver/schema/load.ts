import { readFileSync } from 'node:fs';
import { messageOf, WorkshopError } from '../../../lib/errors.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import type { Schema } from './schema.ts';

/** Reads the schema that the build made of client-node's models. Throws WorkshopError `environment` when it is missing. */
export function loadSchema(file = `${repositoryRoot()}/build/schema.json`): Schema {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Schema;
  } catch (error) {
    throw new WorkshopError('environment', `could not read the API's schema: ${messageOf(error)}`, {
      advice: 'npm run build',
      cause: error,
    });
  }
}
