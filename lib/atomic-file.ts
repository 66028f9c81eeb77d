import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Writes a file so that a reader, or a crash, sees the old or the new content and nothing between. */
export function writeFileAtomically(file: string, text: string, mode = 0o600): void {
  const fresh = `${file}.${process.pid}.tmp`;
  try {
    const handle = openSync(fresh, 'w', mode);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
