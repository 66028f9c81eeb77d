import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../../lib/atomic-file.ts';
import { diskName, fileIn, manifestName, readBundle } from '../../../lib/bundle/bundle.ts';
import { requireWhole } from '../../../lib/bundle/verify.ts';
import { dataFolder } from '../../../lib/paths.ts';
import type { Phase, Work } from './work.ts';

/** Everything that the machines need beyond their box: whole, or nothing is begun. */
export const bundle: Phase = {
  name: 'bundle',
  does: ({ record }) => `verify the bundle ${record.bundle}`,
  async run(work) {
    const found = readBundle(work.record.bundle);
    fileIn(found, 'bin/kubeadm');
    const seen = stamp(found.folder, [
      manifestName,
      ...found.manifest.files.map(({ path }) => path),
      diskName,
    ]);
    if (seen !== undefined && seen === verifiedBefore(work)) return;
    await requireWhole(found, work.signal);
    if (seen === undefined) return;
    mkdirSync(dataFolder(work.env), { recursive: true });
    writeFileAtomically(stampFile(work), seen);
  },
};

/** For all clusters of this user. */
function stampFile({ env }: Work): string {
  return join(dataFolder(env), 'bundle-verified');
}

function verifiedBefore(work: Work): string | undefined {
  return existsSync(stampFile(work)) ? readFileSync(stampFile(work), 'utf8') : undefined;
}

/** Sizes and times of the files: to read more than a gigabyte anew for each `up` would be a waste. */
function stamp(folder: string, files: readonly string[]): string | undefined {
  try {
    const seen = files.map((file) => statSync(join(folder, file)));
    return [folder, ...seen.map(({ size, mtimeMs }) => `${size} ${mtimeMs}`)].join('\n');
  } catch {
    return undefined;
  }
}
