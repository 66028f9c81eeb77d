import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import {
  type BundleFile,
  type BundleManifest,
  type BundleOrigin,
  diskName,
  manifestName,
} from '../../lib/bundle/bundle.ts';
import { filesBelow, modeText, sha256Of } from '../../lib/bundle/verify.ts';
import { makeDisk, onDisk } from './disk.ts';
import type { BundleImages } from './images.ts';
import { architecture, versions } from './programs.ts';

/** Plain text for the shell of a virtual machine: `v1.35.4`. */
export const versionFile = 'VERSION';

/**
 * Completes the folder of a bundle: the disk, and `bundle.json` last, so that a folder with one is whole. On the disk is a
 * `bundle.json` that speaks of the disk's own files.
 */
export async function seal(
  folder: string,
  made: { created: BundleOrigin; pins: string; images: BundleImages },
  signal?: AbortSignal,
): Promise<BundleManifest> {
  writeFileAtomically(join(folder, versionFile), `${versions.kubernetes}\n`, 0o644);
  const files: BundleFile[] = [];
  for (const path of await filesBelow(folder)) files.push(await describe(folder, path, signal));
  const inside = files.filter(({ path }) => onDisk(path));
  writeManifest(folder, { ...made, files: inside });
  const bytes = inside.reduce((sum, { size }) => sum + size, 0);
  const disk = join(folder, diskName);
  await makeDisk(disk, { folder, paths: [manifestName, ...inside.map(({ path }) => path)], bytes }, signal);
  return writeManifest(folder, { ...made, files: [...files, await describe(folder, diskName, signal)] });
}

async function describe(folder: string, path: string, signal?: AbortSignal): Promise<BundleFile> {
  const file = join(folder, path);
  const [sha256, { size, mode }] = await Promise.all([sha256Of(file, signal), stat(file)]);
  return { path, sha256, size, mode: modeText(mode) };
}

function writeManifest(
  folder: string,
  made: { created: BundleOrigin; pins: string; images: BundleImages; files: readonly BundleFile[] },
): BundleManifest {
  const { kubernetes, ...others } = versions;
  const manifest: BundleManifest = {
    format: 1,
    kubernetes,
    created: made.created,
    pins: made.pins,
    arch: architecture(),
    versions: others,
    images: {
      'images/control-plane.tar': made.images.controlPlane.map(({ name }) => name),
      'images/node.tar': made.images.node.map(({ name }) => name),
    },
    files: made.files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
  writeFileAtomically(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, 0o644);
  return manifest;
}
