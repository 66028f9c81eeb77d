import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '../../lib/bundle/bundle.ts';
import { WorkshopError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import type { Environment } from '../../lib/paths.ts';

export interface BoxOptions {
  /** Where the box goes; absolute. */
  readonly file: string;
  /** Debian's release: `trixie`. */
  readonly suite: string;
  readonly mirror: string;
  /** The file with the key that Vagrant logs in with at first. */
  readonly publicKey: string;
  readonly diskGb: number;
  /** Whose container images go into the box; none without it. */
  readonly bundle: Bundle | undefined;
  /** For the proxies in it. */
  readonly env: Environment;
}

/** Programs, and the packages that have them. */
const tools: Readonly<Record<string, string>> = {
  debootstrap: 'debootstrap',
  'mkfs.ext4': 'e2fsprogs',
  'qemu-img': 'qemu-utils',
  chroot: 'coreutils',
  unshare: 'util-linux',
};

/** Throws WorkshopError `environment` when this machine cannot build a box. */
export async function requireTools(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new WorkshopError('environment', 'could not build the box: installing Debian takes root', {
      advice: 'sudo workshop box build',
    });
  }
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  const missing = Object.keys(tools).filter(
    (name) => !folders.some((folder) => existsSync(join(folder, name))),
  );
  if (missing.length === 0) return;
  throw new WorkshopError('environment', `could not build the box: there is no ${missing.join(', ')}`, {
    advice: `apt-get install ${missing.map((name) => tools[name]).join(' ')}`,
  });
}

/** The Debian mirror that this machine's own apt uses. Throws WorkshopError `environment` when it has none. */
export async function debianMirror(signal?: AbortSignal): Promise<string> {
  const format = ['--format', '$(REPO_URI)|$(ORIGIN)|$(LABEL)', 'Created-By: Packages'];
  const { stdout } = await run('apt-get', ['indextargets', ...format], { signal }).catch(() => ({
    stdout: '',
  }));
  const found = mirrorIn(stdout);
  if (found !== undefined) return found;
  throw new WorkshopError('environment', 'could not find a Debian mirror in the configuration of apt', {
    advice: 'apt-get update, or --mirror URL',
  });
}

/** The first that is Debian itself: not its security updates, not a third party. */
export function mirrorIn(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.split('|'));
  return lines.find(([, origin, label]) => origin === 'Debian' && label === 'Debian')?.[0];
}

/** Vagrant's well-known public key, from its package. Throws WorkshopError `environment` when it is not there. */
export function vagrantKey(given: string | undefined): string {
  const candidates = given === undefined ? shippedKeys() : [given];
  const found = candidates.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new WorkshopError(
    'environment',
    `could not find ${given ?? "Vagrant's public key: is it installed?"}`,
    {
      advice: '--public-key FILE',
    },
  );
}

/** In Debian's package, then in HashiCorp's own, which keeps a folder for each version. */
function shippedKeys(): string[] {
  const own = '/opt/vagrant/embedded/gems';
  const folders = [
    '/usr/share/rubygems-integration/all/gems',
    ...namesIn(own).map((version) => join(own, version, 'gems')),
  ];
  return folders.flatMap((folder) =>
    namesIn(folder)
      .filter((gem) => /^vagrant-\d/.test(gem))
      .map((gem) => join(folder, gem, 'keys', 'vagrant.pub')),
  );
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
