import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../lib/root.ts';

/** The text of a script that runs inside the machines. */
export function readScript(name: string): string {
  return readFileSync(join(repositoryRoot(), 'scripts', 'provision', name), 'utf8');
}

/** What tells whether a script has been run with these variables already. */
export function fingerprint(name: string, variables: Readonly<Record<string, string>>): string {
  return createHash('sha256')
    .update(readScript(name))
    .update(JSON.stringify(Object.entries(variables).sort()))
    .digest('hex');
}
