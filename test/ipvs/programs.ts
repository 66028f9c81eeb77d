import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { WorkshopError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import type { Entry } from './archive.ts';

/** Programs of this machine with the libraries that they load, at the same paths. Throws WorkshopError when one is missing. */
export async function programEntries(
  names: readonly string[],
  extra: { folder: string; files: string[] },
): Promise<Entry[]> {
  const programs = names.map((name) => ({ name, file: find(name) }));
  const plugins = pluginFolders
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const libraries = await librariesOf(
    [...programs.map(({ file }) => file), ...plugins.filter((file) => file.endsWith('.so')), ...extra.files],
    extra.folder,
  );
  return [
    ...programs.flatMap(({ name, file }) => programEntry(name, file)),
    ...[...libraries].map(([path, from]): Entry => ({ kind: 'file', path: path.slice(1), from })),
    ...plugins.map((file): Entry => ({ kind: 'file', path: file.slice(1), from: realpathSync(file) })),
    ...extra.files.map(
      (from): Entry => ({ kind: 'file', path: `usr/sbin/${from.slice(from.lastIndexOf('/') + 1)}`, from }),
    ),
  ];
}

/** Extensions of iptables, which it opens by name. */
const pluginFolders = ['/usr/lib/x86_64-linux-gnu/xtables', '/usr/lib/aarch64-linux-gnu/xtables'];

function find(name: string): string {
  const path = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`;
  const found = path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);
  if (found !== undefined) return found;
  throw new WorkshopError('environment', `could not find the program ${name}`, {
    advice: 'apt-get install nftables iptables conntrack iproute2 busybox-static util-linux',
  });
}

/** Some are one program under many names (iptables): the name becomes a link. */
function programEntry(name: string, file: string): Entry[] {
  const real = realpathSync(file);
  const base = real.slice(real.lastIndexOf('/') + 1);
  const entry: Entry = { kind: 'file', path: `usr/sbin/${base}`, from: real };
  return base === name ? [entry] : [entry, { kind: 'link', path: `usr/sbin/${name}`, target: base }];
}

/** Path in the guest → file here. */
async function librariesOf(files: readonly string[], folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const env = { LD_LIBRARY_PATH: libraryFolders.map((path) => join(folder, path)).join(':') };
  const real = [...new Set(files.map((file) => realpathSync(file)))];
  const { stdout } = await run('ldd', real, { env, okCodes: [0, 1], timeoutMs: 60_000 });
  for (const [, path = ''] of stdout.matchAll(/^\t(?:\S+ => )?(\/\S+) \(0x/gm)) {
    found.set(path.startsWith(folder) ? path.slice(folder.length) : path, realpathSync(path));
  }
  return found;
}

const libraryFolders = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu', 'usr/lib', 'lib'];
