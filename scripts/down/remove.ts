import { chmodSync, existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../lib/errors.ts';

/** Removes a folder with all it holds but these files; false when there was none. Folders without permissions are opened first. */
export function removeFolder(folder: string, kept: readonly string[] = []): boolean {
  if (!existsSync(folder)) return false;
  const others = readdirSync(folder).filter((name) => !kept.includes(name));
  if (kept.some((name) => existsSync(join(folder, name)))) {
    for (const name of others) removeWhole(join(folder, name));
    return others.length > 0;
  }
  removeWhole(folder);
  return true;
}

function removeWhole(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error;
    // A pod's program may have taken its own folder's permissions away.
    openUp(folder);
    rmSync(folder, { recursive: true, force: true });
  }
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
