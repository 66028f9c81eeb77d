import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { repositoryRoot } from '../../lib/root.ts';
import { type Entry, writeArchive } from './archive.ts';
import { moduleEntries } from './modules.ts';
import type { Packages } from './packages.ts';
import { programEntries } from './programs.ts';

/**
 * The file system of the emulated machine as one file: this machine's Node.js and network programs, the kernel's modules, and on
 * top the bundled tests. The first part is kept in `cache`.
 */
export async function buildInitramfs(
  cache: string,
  packages: Packages,
  tests: { folder: string; files: readonly string[]; arguments: object },
): Promise<string> {
  const base = join(cache, `base-${keyOf(packages)}.cpio`);
  if (!existsSync(base)) writeArchive(base, await baseEntries(packages));
  const top = join(tests.folder, 'tests.cpio');
  writeArchive(top, [
    { kind: 'file', path: 'init', from: `${repositoryRoot()}/test/ipvs/guest/init.sh` },
    { kind: 'text', path: 'workshop/arguments.json', text: JSON.stringify(tests.arguments) },
    {
      kind: 'text',
      path: 'workshop/package.json',
      text: '{"name":"kubernetes-services-workshop","type":"module"}',
    },
    { kind: 'file', path: 'workshop/world.sh', from: `${repositoryRoot()}/test/behaviour/world.sh` },
    ...tests.files.map(
      (name): Entry => ({ kind: 'file', path: `workshop/${name}`, from: join(tests.folder, name) }),
    ),
  ]);
  const whole = join(tests.folder, 'initramfs.cpio');
  await pipeline(createReadStream(base), createWriteStream(whole));
  await pipeline(createReadStream(top), createWriteStream(whole, { flags: 'a' }));
  return whole;
}

async function baseEntries(packages: Packages): Promise<Entry[]> {
  const extra = ['ipvsadm', 'ipset'].map((name) =>
    ['sbin', 'usr/sbin', 'bin', 'usr/bin']
      .map((folder) => join(packages.folder, folder, name))
      .find(existsSync),
  );
  const files = extra.filter((file) => file !== undefined);
  const busybox: Entry = { kind: 'file', path: 'bin/busybox', from: '/bin/busybox' };
  return [
    busybox,
    { kind: 'file', path: 'etc/protocols', from: '/etc/protocols' },
    { kind: 'file', path: 'usr/lib/ssl/openssl.cnf', from: '/etc/ssl/openssl.cnf' },
    ...(await programEntries(programs, { folder: packages.folder, files })),
    ...(await moduleEntries(packages)),
  ];
}

const programs = [
  ...['node', 'ip', 'nft', 'conntrack', 'unshare', 'nsenter', 'openssl', 'sh'],
  ...['iptables', 'iptables-save', 'iptables-restore', 'ip6tables', 'ip6tables-save', 'ip6tables-restore'],
];

/** Another kernel, another Node.js or another nft make another base. */
function keyOf({ folder }: Packages): string {
  const files = [process.execPath, '/usr/sbin/nft', '/usr/sbin/iptables', '/bin/busybox'].filter(existsSync);
  const facts = files.map((file) => {
    const { size, mtimeMs } = statSync(realpathSync(file));
    return `${file} ${size} ${mtimeMs}`;
  });
  return createHash('sha256')
    .update([layout, folder, ...facts].join('\n'))
    .digest('hex')
    .slice(0, 16);
}

/** Counts up when the base's contents change by this program's doing. */
const layout = '4';
