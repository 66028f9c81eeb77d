import { copyFileSync, statSync, truncateSync } from 'node:fs';

const largest = 5 * 1024 * 1024;
const everyMs = 30_000;

/**
 * Keeps log files below some size: a longer one is copied to `FILE.1` and emptied. The writers append (O_APPEND), so they go on
 * at the start without knowing. A few lines written between the two can be lost.
 */
export function rotateLogs(files: readonly string[], signal: AbortSignal): void {
  const timer = setInterval(() => {
    for (const file of files) rotate(file);
  }, everyMs).unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/** Rotates one file if it is longer than `limit` bytes. Problems are left for the next time. */
export function rotate(file: string, limit = largest): void {
  try {
    if (statSync(file).size <= limit) return;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  } catch {
    // Not there yet, or no space for the copy.
  }
}
