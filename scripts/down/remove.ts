import { chmodSync, existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../lib/errors.ts';

/** Removes a folder with all it holds; false when there was none. Folders without permissions are opened first. */
export function removeFolder(folder: string): boolean {
  if (!existsSync(folder)) return false;
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error;
    // A pod's program may have taken its own folder's permissions away.
    openUp(folder);
    rmSync(folder, { recursive: true, force: true });
  }
  return true;
}

/** Removes a folder that holds nothing any more. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something else is in it.
  }
}

function openUp(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openUp(join(folder, entry.name));
  }
}
