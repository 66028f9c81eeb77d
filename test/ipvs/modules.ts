import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from '../../lib/exec.ts';
import type { Entry } from './archive.ts';
import type { Packages } from './packages.ts';

/** The kernel modules that packet filtering, IPVS and namespaces with links need, and the lists that modprobe reads. */
export async function moduleEntries({ modules, release }: Packages): Promise<Entry[]> {
  const all = new Map(
    readdirSync(join(modules, 'kernel'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.ko(\.xz)?$/.test(path))
      .map((path) => [nameOf(path), path]),
  );
  const wanted = [...all.values()].filter((path) => folders.some((folder) => path.startsWith(folder)));
  const infos = await closure(wanted.map(nameOf), all, modules);
  const at = `lib/modules/${release}`;
  return [
    ...infos.map(({ path, data }): Entry => ({ kind: 'file', path: `${at}/kernel/${path}`, from: data })),
    { kind: 'text', path: `${at}/modules.dep`, text: dependencies(infos) },
    { kind: 'text', path: `${at}/modules.alias`, text: aliases(infos) },
    { kind: 'text', path: `${at}/modules.symbols`, text: '' },
    {
      kind: 'text',
      path: `${at}/modules.builtin`,
      text: readFileSync(join(modules, 'modules.builtin'), 'utf8'),
    },
  ];
}

/** Whole folders: what each rule needs is found by the kernel through aliases. */
const folders = [
  'net/netfilter/',
  'net/ipv4/netfilter/',
  'net/ipv6/netfilter/',
  'net/bridge/bridge.ko',
  'net/sched/sch_fq_codel.ko',
  'net/sctp/sctp.ko',
  'drivers/net/dummy.ko',
  'crypto/crc32c_generic.ko',
  'drivers/net/veth.ko',
];

interface Info {
  readonly name: string;
  readonly path: string;
  /** Where its uncompressed bytes are. */
  readonly data: string;
  readonly depends: readonly string[];
  readonly aliases: readonly string[];
}

async function closure(
  names: readonly string[],
  all: ReadonlyMap<string, string>,
  base: string,
): Promise<Info[]> {
  const found = new Map<string, Info>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const path = all.get(name);
    if (found.has(name) || path === undefined) continue;
    const data = await uncompressed(join(base, 'kernel', path));
    const text = readFileSync(data, 'latin1');
    const values = (key: string) =>
      [...text.matchAll(new RegExp(`\0${key}=([^\0]*)`, 'g'))].map(([, v]) => v ?? '');
    const depends = values('depends').join(',').split(',').filter(Boolean).map(nameOf);
    found.set(name, { name, path: path.replace(/\.xz$/, ''), data, depends, aliases: values('alias') });
    queue.push(...depends);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Debian 13 compresses its modules; busybox' modprobe need not know how to read that. */
async function uncompressed(file: string): Promise<string> {
  if (!file.endsWith('.xz')) return file;
  await run('xz', ['-d', '-k', '-f', file], { timeoutMs: 30_000 });
  return file.slice(0, -3);
}

/** The kernel takes `-` and `_` in a module's name for the same. */
function nameOf(path: string): string {
  return basename(path)
    .replace(/\.ko(\.xz)?$/, '')
    .replaceAll('-', '_');
}

/** Each line: a module, then all that it needs, those last that have to be loaded first (modules.dep(5)). */
function dependencies(infos: readonly Info[]): string {
  const byName = new Map(infos.map((info) => [info.name, info]));
  const needs = (info: Info): Info[] =>
    info.depends.flatMap((name) => {
      const one = byName.get(name);
      return one ? [one, ...needs(one)] : [];
    });
  const line = (info: Info) => {
    const below = [...new Set(needs(info).reverse())].reverse();
    return `kernel/${info.path}: ${below.map(({ path }) => `kernel/${path}`).join(' ')}\n`;
  };
  return infos.map(line).join('');
}

function aliases(infos: readonly Info[]): string {
  return infos.flatMap(({ name, aliases }) => aliases.map((alias) => `alias ${alias} ${name}\n`)).join('');
}
