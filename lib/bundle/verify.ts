import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeOf, WorkshopError } from '../errors.ts';
import { type Bundle, type BundleFile, manifestName } from './bundle.ts';

/** What is wrong with one file of a bundle. */
export interface BundleFault {
  readonly path: string;
  readonly kind: 'missing' | 'truncated' | 'changed' | 'mode' | 'extra';
  /** For people: `has 12 bytes, not 4096`. */
  readonly detail: string;
}

/** Compares every file of the bundle's folder with `bundle.json`; faults are sorted by path, none means that all is well. */
export async function verifyBundle(bundle: Bundle, signal?: AbortSignal): Promise<BundleFault[]> {
  const faults: BundleFault[] = [];
  for (const file of bundle.manifest.files) {
    signal?.throwIfAborted();
    const fault = await checkFile(bundle.folder, file, signal);
    if (fault) faults.push(fault);
  }
  const known = new Set([manifestName, ...bundle.manifest.files.map(({ path }) => path)]);
  for (const path of await filesBelow(bundle.folder)) {
    if (!known.has(path)) faults.push({ path, kind: 'extra', detail: 'is not part of the bundle' });
  }
  return faults.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Throws WorkshopError `environment` that names the first faults; resolves when there are none. */
export async function requireWhole(bundle: Bundle, signal?: AbortSignal): Promise<void> {
  const faults = await verifyBundle(bundle, signal);
  if (faults.length === 0) return;
  const named = faults.slice(0, 3).map(({ path, detail }) => `${path} ${detail}`);
  const more = faults.length > 3 ? ` and ${faults.length - 3} more` : '';
  const message = `could not use the bundle ${bundle.folder}: ${named.join(', ')}${more}`;
  throw new WorkshopError('environment', message, { advice: 'workshop bundle' });
}

async function checkFile(
  folder: string,
  file: BundleFile,
  signal?: AbortSignal,
): Promise<BundleFault | undefined> {
  const { path } = file;
  const seen = await lstat(join(folder, path)).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
  if (!seen?.isFile()) return { path, kind: 'missing', detail: 'is missing' };
  if (seen.size !== file.size) {
    const kind = seen.size < file.size ? 'truncated' : 'changed';
    return { path, kind, detail: `has ${seen.size} bytes, not ${file.size}` };
  }
  if ((await sha256Of(join(folder, path), signal)) !== file.sha256) {
    return { path, kind: 'changed', detail: 'has another content than when it was made' };
  }
  const mode = modeText(seen.mode);
  // Only whether it can be run matters: a copy to another disk may change the rest.
  if (isExecutable(mode) === isExecutable(file.mode)) return undefined;
  return { path, kind: 'mode', detail: `has mode ${mode}, not ${file.mode}` };
}

/** The SHA-256 of a file in hexadecimal. */
export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { ...(signal && { signal }) });
  return hash.digest('hex');
}

/** Permissions in octal, as in `bundle.json`. */
export function modeText(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

function isExecutable(mode: string): boolean {
  return (Number.parseInt(mode, 8) & 0o100) !== 0;
}

/** The paths of all that is no folder, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
