import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.ts';
import { dataFolder, type Environment } from '../paths.ts';
import { type Bundle, diskName, manifestName } from './bundle.ts';
import { requireWhole } from './verify.ts';

/**
 * Every file against its checksum, unless that was done before and none has changed since: to read more than a gigabyte anew for
 * each box and each `up` would be a waste. Throws WorkshopError `environment` that names what is wrong.
 */
export async function requireVerified(bundle: Bundle, env: Environment, signal?: AbortSignal): Promise<void> {
  const paths = [manifestName, ...bundle.manifest.files.map(({ path }) => path), diskName];
  const seen = stamp(bundle.folder, paths);
  if (seen !== undefined && seen === verifiedBefore(env)) return;
  await requireWhole(bundle, signal);
  if (seen === undefined) return;
  mkdirSync(dataFolder(env), { recursive: true });
  writeFileAtomically(stampFile(env), seen);
}

/** For all clusters of this user. */
function stampFile(env: Environment): string {
  return join(dataFolder(env), 'bundle-verified');
}

function verifiedBefore(env: Environment): string | undefined {
  return existsSync(stampFile(env)) ? readFileSync(stampFile(env), 'utf8') : undefined;
}

/** Sizes and times of the files; undefined when one is missing. */
function stamp(folder: string, files: readonly string[]): string | undefined {
  try {
    const seen = files.map((file) => statSync(join(folder, file)));
    return [folder, ...seen.map(({ size, mtimeMs }) => `${size} ${mtimeMs}`)].join('\n');
  } catch {
    return undefined;
  }
}
