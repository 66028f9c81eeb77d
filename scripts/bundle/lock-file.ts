import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { repositoryRoot } from '../../lib/root.ts';

/** The SHA-256 of every file that was ever downloaded, by its address: what a publisher changes later is refused. */
export interface LockFile {
  readonly file: string;
  sumOf(url: string): string | undefined;
  /** Throws WorkshopError `environment` when another sum is known already, or the file can not be written. */
  pin(url: string, sum: string): void;
}

/** The repository's own: it is committed, so a class gets what its teacher has tried. */
export function defaultLockFile(): string {
  return join(repositoryRoot(), 'scripts', 'bundle', 'downloads.lock.json');
}

/** Opens the lock file; one that is not there begins empty. Throws WorkshopError `environment` for a damaged one. */
export function openLockFile(file: string): LockFile {
  const sums = new Map(Object.entries(read(file)));
  return {
    file,
    sumOf: (url) => sums.get(url),
    pin(url, sum) {
      const known = sums.get(url);
      if (known === sum) return;
      if (known !== undefined) throw otherThanPinned(url, sum, known, file);
      sums.set(url, sum);
      const sorted = Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
      try {
        writeFileAtomically(file, `${JSON.stringify(sorted, null, 2)}\n`, 0o644);
      } catch (error) {
        throw new WorkshopError('environment', `could not pin ${url}: ${messageOf(error)}`, {
          advice: '--lock FILE',
          cause: error,
        });
      }
    },
  };
}

function read(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch (error) {
    throw new WorkshopError('environment', `could not read ${file}: ${messageOf(error)}`, { cause: error });
  }
}

function otherThanPinned(url: string, sum: string, known: string, file: string): WorkshopError {
  return new WorkshopError(
    'environment',
    `could not use ${url}: its SHA-256 is ${sum}, but ${file} pins ${known}: it is not the file that was tried before`,
    { advice: 'ask its publisher why; only then remove that line from the lock file' },
  );
}
