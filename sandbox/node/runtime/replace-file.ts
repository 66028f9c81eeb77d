import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file so that a reader finds the old or the new text, never a part. For its owner's eyes only by default. */
export function replaceFile(path: string, text: string | Buffer, mode = 0o600): void {
  writeFileSync(`${path}.new`, text, { mode });
  renameSync(`${path}.new`, path);
}
