import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sha256Of } from '../../lib/bundle/verify.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { ExecError, run } from '../../lib/exec.ts';
import type { LockFile } from './lock-file.ts';
import { architecture, type BundleProgram } from './programs.ts';
import { releaseOf, sumIn } from './releases.ts';

export interface DownloadOptions {
  readonly lock: LockFile;
  /** A copy of the publishers' sites in place of themselves: `http://server/copy`. */
  readonly mirror?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts one program into `folder` from its publisher's release file. The file must have the sum that the publisher gives out and,
 * from the second time on, that of the lock file. A download that broke off goes on. Throws WorkshopError `environment`.
 */
export async function downloadProgram(
  program: BundleProgram,
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const release = releaseOf(program, architecture());
  const archive = join(folder, 'downloads', basename(release.url));
  await mkdir(dirname(archive), { recursive: true });
  await fetchChecked(release.url, release.sums, archive, options);
  const file = join(folder, program.path);
  await mkdir(dirname(file), { recursive: true });
  if (release.member === undefined) await copyFile(archive, `${file}.part`);
  else await unpack(archive, release.member, `${file}.part`, options.signal);
  await run('chmod', ['755', `${file}.part`]);
  await rename(`${file}.part`, file);
}

async function fetchChecked(
  url: string,
  sumsUrl: string,
  file: string,
  { lock, mirror, signal }: DownloadOptions,
): Promise<void> {
  const wanted = lock.sumOf(url) ?? (await publishedSum(url, sumsUrl, file, { mirror, signal }));
  const held = await sha256Of(file, signal).catch(() => undefined);
  if (held !== wanted) {
    const part = await sha256Of(`${file}.part`, signal).catch(() => undefined);
    if (part !== wanted) await curl(mirrored(url, mirror), `${file}.part`, signal);
    const seen = await sha256Of(`${file}.part`, signal);
    if (seen !== wanted) {
      // Not worth going on with: the next run begins anew.
      await rm(`${file}.part`);
      const who = lock.sumOf(url) === undefined ? 'its publisher says' : `${lock.file} pins`;
      throw new WorkshopError(
        'environment',
        `could not use ${url}: its SHA-256 is ${seen}, but ${who} ${wanted}`,
        { advice: 'the same command again; if it stays so, ask its publisher why' },
      );
    }
    await rename(`${file}.part`, file);
  }
  lock.pin(url, wanted);
}

async function publishedSum(
  url: string,
  sumsUrl: string,
  file: string,
  { mirror, signal }: Pick<DownloadOptions, 'mirror' | 'signal'>,
): Promise<string> {
  const sums = `${file}.sums`;
  await rm(sums, { force: true });
  await curl(mirrored(sumsUrl, mirror), sums, signal);
  const sum = sumIn(await readFile(sums, 'utf8'), url);
  await rm(sums);
  if (sum !== undefined) return sum;
  throw new WorkshopError('environment', `could not check ${url}: ${sumsUrl} has no SHA-256 for it`);
}

/** `https://host/path` below the mirror: `MIRROR/host/path`. */
function mirrored(url: string, mirror: string | undefined): string {
  return mirror === undefined ? url : `${mirror.replace(/\/$/, '')}/${url.replace(/^https:\/\//, '')}`;
}

/** Curl, since it knows this machine's proxies and certificates, and goes on where it stopped (`--continue-at -`). */
async function curl(url: string, file: string, signal?: AbortSignal): Promise<void> {
  const flags = ['--fail', '--silent', '--show-error', '--location', '--retry', '3', '--continue-at', '-'];
  try {
    await run('curl', [...flags, '--connect-timeout', '20', '--output', file, url], { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const why = error instanceof ExecError ? error.message : String(error);
    throw new WorkshopError('environment', `could not download ${url}: ${why}`, {
      advice:
        'the same command again goes on; without a network: --from source, or a bundle from another machine',
      cause: error,
    });
  }
}

async function unpack(archive: string, member: string, file: string, signal?: AbortSignal): Promise<void> {
  const folder = `${file}.unpacked`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await run('tar', ['-xzf', archive, '-C', folder, member], { signal });
    await rename(join(folder, member), file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
