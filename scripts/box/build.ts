import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WorkshopError } from '../../lib/errors.ts';
import { ExecError, run } from '../../lib/exec.ts';
import type { Progress } from '../cli/progress.ts';
import { type BoxFile, filesAfter, filesBefore, fixedAddressesUnit } from './files.ts';
import { importImages } from './images.ts';
import { inRoot } from './in-root.ts';
import { packBox } from './pack.ts';
import { packages, unwanted } from './packages.ts';
import type { BoxOptions } from './requirements.ts';

/**
 * Builds the box. It appears under its name when it is whole; until then everything is in a folder beside it, which goes
 * whatever happens. Throws WorkshopError `environment` that says which step failed.
 */
export async function buildBox(options: BoxOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  mkdirSync(dirname(options.file), { recursive: true });
  const work = mkdtempSync(`${options.file}.work-`);
  const root = join(work, 'root');
  const step = (name: string, task: () => Promise<unknown>) =>
    progress.step(name, () => task().catch((error: unknown) => Promise.reject(failure(name, error, signal))));
  try {
    await step('base system', () => debootstrap(root, options, signal));
    writeAll(root, filesBefore(options.mirror, options.suite));
    await step('packages', () => install(root, options, signal));
    const { bundle } = options;
    if (bundle !== undefined) await step('images', () => importImages(root, bundle, signal));
    await step('configuration', () => configure(root, options, signal));
    await step('disk', () => packBox(root, work, options, signal));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function debootstrap(
  root: string,
  { suite, mirror, env }: BoxOptions,
  signal: AbortSignal,
): Promise<void> {
  const first = '--include=ca-certificates,systemd-sysv,udev,dbus';
  await run('debootstrap', ['--variant=minbase', first, suite, root, mirror], { env: proxies(env), signal });
}

async function install(root: string, { env }: BoxOptions, signal: AbortSignal): Promise<void> {
  // The mirror's name has to be found from in there.
  writeFileSync(join(root, 'etc/resolv.conf'), readFileSync('/etc/resolv.conf'));
  const apt = (...args: string[]) =>
    inRoot(root, ['apt-get', '-q', '-y', ...args], { env: proxies(env), signal });
  await apt('update');
  // Before the kernel, whose package makes the RAM disk.
  await apt('install', 'initramfs-tools');
  await apt('install', ...packages);
}

async function configure(root: string, { publicKey }: BoxOptions, signal: AbortSignal): Promise<void> {
  const inside = (...command: string[]) => inRoot(root, command, { signal });
  await inside('useradd', '--create-home', '--shell', '/bin/bash', 'vagrant');
  rmSync(join(root, 'etc/resolv.conf'), { force: true });
  writeAll(root, filesAfter(readFileSync(publicKey, 'utf8')));
  chmodSync(join(root, 'home/vagrant/.ssh'), 0o700);
  await inside('chown', '-R', 'vagrant:vagrant', '/home/vagrant');
  const wanted = ['systemd-networkd.service', 'serial-getty@ttyS0.service', fixedAddressesUnit];
  await inside('systemctl', 'enable', ...wanted);
  // Containerd is started when it has been configured.
  await inside('systemctl', 'disable', 'containerd.service', 'systemd-networkd-wait-online.service');
  await inside('systemctl', 'mask', ...unwanted);
  for (const folder of ['opt/cni/bin', 'etc/cni/net.d']) mkdirSync(join(root, folder), { recursive: true });
  for (const path of leftovers) rmSync(join(root, path), { recursive: true, force: true });
  for (const folder of ['var/log', 'var/cache/apt/archives/partial', 'var/lib/apt/lists/partial', 'tmp']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  chmodSync(join(root, 'tmp'), 0o1777);
}

/** Of the installation; all of it can be made again. */
const leftovers = [
  ...['usr/sbin/policy-rc.d', 'var/lib/dbus/machine-id', 'run/containerd'],
  ...['var/lib/apt/lists', 'var/cache/apt', 'var/log', 'tmp'],
];

function writeAll(root: string, files: readonly BoxFile[]): void {
  for (const { path, text, mode = 0o644 } of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    writeFileSync(file, text);
    chmodSync(file, mode);
  }
}

/** What a machine behind a proxy has to tell apt. */
function proxies(env: BoxOptions['env']): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

function failure(step: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || !(error instanceof ExecError)) return error;
  const last = `${error.stdout}\n${error.stderr}`.trim().split('\n').slice(-3).join('; ');
  const message = `could not build the box: ${step}: ${last || error.message}`;
  return new WorkshopError('environment', message, {
    advice: step === 'images' ? '--no-images' : 'look at the disk space and the mirror',
    cause: error,
  });
}
