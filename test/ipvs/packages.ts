import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { WorkshopError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';

/** A Debian kernel and the programs of IPVS, unpacked into a folder; nothing is installed on this machine. */
export interface Packages {
  readonly folder: string;
  readonly kernel: string;
  /** Folder of the kernel's modules. */
  readonly modules: string;
  readonly release: string;
}

/**
 * Fetches the packages with the machine's own apt, which checks them against its signed lists, and unpacks them below `cache`.
 * The folder's name holds their checksums, so that a newer kernel is fetched when the lists name one. Throws WorkshopError.
 */
export async function fetchPackages(cache: string, say: (text: string) => void): Promise<Packages> {
  const names = [await kernelPackage(), 'ipvsadm', 'ipset', ...(await librariesOf(['ipvsadm', 'ipset']))];
  const folder = join(cache, `packages-${await checksumOf(names)}`);
  if (!existsSync(folder)) {
    say(`fetching ${names.join(' ')}`);
    await unpack(names, folder);
  }
  return locate(folder);
}

/** What Debian's meta package stands for now. */
async function kernelPackage(): Promise<string> {
  const depends = await dependsOf('linux-image-amd64');
  const kernel = depends.find((name) => name.startsWith('linux-image-'));
  if (kernel !== undefined) return kernel;
  throw new WorkshopError('environment', "could not find Debian's kernel package linux-image-amd64", {
    advice: 'apt-get update, on Debian 12 or 13 for amd64',
  });
}

/** The C library is taken from this machine: Node.js needs it anyway. */
async function librariesOf(programs: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(programs.map(dependsOf));
  return [...new Set(lists.flat())].filter((name) => name.startsWith('lib') && name !== 'libc6').sort();
}

async function dependsOf(name: string): Promise<string[]> {
  try {
    const { stdout } = await run('apt-cache', ['depends', '--important', name], { timeoutMs: 30_000 });
    return [...stdout.matchAll(/^ {2}(?:Pre)?Depends: ([\w.+-]+)/gm)].map(([, found]) => found ?? '');
  } catch (cause) {
    throw new WorkshopError('environment', `could not look up the package ${name}`, {
      advice: 'apt-get update',
      cause,
    });
  }
}

async function checksumOf(names: readonly string[]): Promise<string> {
  const { stdout } = await run('apt-cache', ['show', '--no-all-versions', ...names], { timeoutMs: 30_000 });
  const sums = [...stdout.matchAll(/^SHA256: (\w+)/gm)].map(([, sum]) => sum);
  return createHash('sha256').update(sums.join()).digest('hex').slice(0, 16);
}

async function unpack(names: readonly string[], folder: string): Promise<void> {
  const fresh = `${folder}.${process.pid}`;
  const debs = `${fresh}/debs`;
  mkdirSync(debs, { recursive: true });
  try {
    await run('apt-get', ['download', ...names], { cwd: debs, timeoutMs: 300_000 });
    for (const deb of readdirSync(debs)) {
      await run('dpkg-deb', ['-x', join(debs, deb), fresh], { timeoutMs: 120_000 });
    }
    rmSync(debs, { recursive: true });
    renameSync(fresh, folder);
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true });
    throw new WorkshopError('environment', `could not fetch ${names.join(' ')}: ${String(cause)}`, {
      advice: 'apt-get update',
      cause,
    });
  }
}

function locate(folder: string): Packages {
  const base = ['lib/modules', 'usr/lib/modules'].map((path) => join(folder, path)).find(existsSync);
  const [release] = base === undefined ? [] : readdirSync(base);
  if (base === undefined || release === undefined) {
    throw new WorkshopError('environment', `could not find a kernel in ${folder}`, {
      advice: 'removing that folder',
    });
  }
  return {
    folder,
    kernel: join(folder, 'boot', `vmlinuz-${release}`),
    modules: join(base, release),
    release,
  };
}
