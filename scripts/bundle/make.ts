import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BundleManifest, type BundleOrigin, readBundle } from '../../lib/bundle/bundle.ts';
import { sha256Of } from '../../lib/bundle/verify.ts';
import type { Progress } from '../cli/progress.ts';
import { downloadProgram } from './download.ts';
import { type BundleImages, prepareImages } from './images.ts';
import { openLockFile } from './lock-file.ts';
import { seal } from './manifest.ts';
import { writeOciArchive } from './oci-archive.ts';
import { type BundleProgram, programs, versions } from './programs.ts';
import { buildProgram, sourcePins } from './source.ts';

export interface MakeOptions {
  readonly from: BundleOrigin;
  /** Absolute. */
  readonly out: string;
  readonly lockFile: string;
  readonly mirror: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Makes the bundle `out`, or makes it anew. It appears there when it is whole; until then everything is in `OUT.work`, where
 * the next run finds what an interrupted one had finished. Throws WorkshopError `environment`.
 */
export async function makeBundle(options: MakeOptions): Promise<BundleManifest> {
  const { from, out, progress, signal } = options;
  const pins = from === 'source' ? sourcePins() : JSON.stringify(versions);
  const work = `${out}.work`;
  const kept = join(work, `programs-${from}`);
  const fresh = join(work, 'fresh');
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  try {
    const old = await oldPrograms(out, { from, pins });
    for (const program of programs) await keepProgram(program, kept, old, options);
    for (const { path } of programs) await copy(join(kept, path), join(fresh, path));
    const images = await progress.step('images', () => makeImages(fresh, join(work, 'images'), signal));
    const manifest = await progress.step('disk and checksums', () =>
      seal(fresh, { created: from, pins, images }, signal),
    );
    await swap(fresh, out);
    await rm(work, { recursive: true, force: true });
    return manifest;
  } finally {
    for (const folder of [fresh, join(work, 'images')]) await rm(folder, { recursive: true, force: true });
  }
}

/** Has the program in `kept`: from an interrupted run, from the bundle before, or new. */
async function keepProgram(
  program: BundleProgram,
  kept: string,
  old: ReadonlyMap<string, string>,
  options: MakeOptions,
): Promise<void> {
  const { from, progress, lockFile, mirror, signal } = options;
  const file = join(kept, program.path);
  if (await sha256Of(file, signal).catch(() => undefined)) return;
  const before = join(options.out, program.path);
  if (old.has(program.path) && (await sha256Of(before, signal).catch(() => '')) === old.get(program.path)) {
    return copy(before, file);
  }
  await progress.step(program.path, () =>
    from === 'source'
      ? buildProgram(program, kept, signal)
      : downloadProgram(program, kept, { lock: openLockFile(lockFile), mirror, signal }),
  );
}

/** The sums of the programs in the bundle that is there already, if it was made from the same sources. */
async function oldPrograms(
  out: string,
  { from, pins }: { from: BundleOrigin; pins: string },
): Promise<ReadonlyMap<string, string>> {
  try {
    const { manifest } = readBundle(out);
    if (manifest.created !== from || manifest.pins !== pins) return new Map();
    return new Map(manifest.files.map(({ path, sha256 }) => [path, sha256]));
  } catch {
    return new Map();
  }
}

async function makeImages(folder: string, work: string, signal: AbortSignal): Promise<BundleImages> {
  const images = await prepareImages(folder, work, signal);
  await mkdir(join(folder, 'images'), { recursive: true });
  await writeOciArchive(join(folder, 'images/control-plane.tar'), images.controlPlane, work, signal);
  await writeOciArchive(join(folder, 'images/node.tar'), images.node, work, signal);
  return images;
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { preserveTimestamps: true });
}

/** Two renames: for an instant there is no bundle, but never half of one. */
async function swap(fresh: string, out: string): Promise<void> {
  const old = `${out}.work/old`;
  await rm(old, { recursive: true, force: true });
  await rename(out, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(fresh, out);
}
