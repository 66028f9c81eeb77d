import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { WorkshopError } from '../../../lib/errors.ts';
import { repositoryRoot } from '../../../lib/root.ts';
import { installBusybox } from './busybox-root.ts';
import { filesOf, findProgram, librariesOf } from './host-program.ts';
import { findImage, type Image, readImages } from './image.ts';

export interface Mount {
  source: string;
  target: string;
  readOnly: boolean;
}

/** An image ready to start containers from. */
export interface PreparedImage {
  /** Folders, the topmost first, as overlayfs wants them. */
  layers: readonly string[];
  mounts: readonly Mount[];
  entrypoint: readonly string[];
  cmd: readonly string[];
  env: Readonly<Record<string, string>>;
  workdir: string;
  /** `docker.io/library/busybox:latest@workshop` or the like: what the status shows as imageID. */
  id: string;
  sizeBytes: number;
}

export interface ImageStore {
  /** Names of all there are. */
  names(): string[];
  /** Whether the node has made this image ready before. */
  has(name: string): boolean;
  /** Makes an image ready; undefined when there is none of that name. Throws when the machine lacks something for it. */
  pull(name: string): Promise<PreparedImage | undefined>;
  /** The static busybox of this machine. */
  readonly busybox: string;
  /** util-linux's unshare; busybox's own cannot end its child with itself. */
  readonly unshare: string;
  /** Folder with a program that drops privileges and all that it loads; mounted into each container. */
  readonly tools: string;
}

/**
 * Opens the images of sandbox/images. What has to be made of them on this machine goes to `folder`.
 * `coredns` is the program to run for CoreDNS' image in place of our stand-in. Throws WorkshopError `environment` when there is
 * no busybox.
 */
export async function openImageStore(folder: string, coredns?: string): Promise<ImageStore> {
  const sources = join(repositoryRoot(), 'sandbox/images');
  const images = readImages(sources).map((image) =>
    coredns !== undefined && image.folder === 'coredns' ? realCoreDns(image, coredns) : image,
  );
  const busybox = findProgram('busybox');
  const unshare = findProgram('unshare');
  if (!busybox || !unshare) {
    const missing = busybox ? 'util-linux' : 'busybox-static';
    throw new WorkshopError('environment', `could not make container images: ${missing} is missing`, {
      advice: `apt-get install ${missing}`,
    });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const applets = await makeOnce(join(folder, 'applets'), (fresh) => installBusybox(busybox, fresh));
  const tools = await makeOnce(join(folder, 'tools'), installTools);
  const ready = new Map<string, Promise<PreparedImage>>();

  const pull = async (name: string): Promise<PreparedImage | undefined> => {
    const image = findImage(images, name);
    if (!image) return undefined;
    const known = ready.get(image.folder) ?? prepare(image, images, { sources, folder, applets });
    ready.set(image.folder, known);
    known.catch(() => ready.delete(image.folder));
    return known;
  };
  return {
    names: () => images.flatMap((image) => image.names),
    has: (name) => ready.has(findImage(images, name)?.folder ?? ''),
    pull,
    busybox,
    unshare,
    tools,
  };
}

function realCoreDns(image: Image, program: string): Image {
  const to = '/usr/local/bin/coredns';
  return { ...image, entrypoint: [to], host: { programs: [], mounts: [{ from: program, to }] } };
}

/** A folder made whole or not at all. */
async function makeOnce(folder: string, fill: (fresh: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${randomBytes(4).toString('hex')}`;
  mkdirSync(fresh, { recursive: true, mode: 0o755 });
  await fill(fresh);
  try {
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** setpriv, its loader and its libraries under plain names, so that they run in any root. */
async function installTools(folder: string): Promise<void> {
  const setpriv = findProgram('setpriv');
  if (!setpriv) return;
  cpSync(setpriv, join(folder, 'setpriv'), { dereference: true });
  for (const library of await librariesOf(setpriv)) {
    const name = library.slice(library.lastIndexOf('/') + 1);
    cpSync(library, join(folder, name.startsWith('ld-') ? 'loader' : name), { dereference: true });
  }
}

async function prepare(
  image: Image,
  images: readonly Image[],
  { sources, folder, applets }: { sources: string; folder: string; applets: string },
): Promise<PreparedImage> {
  const chain = chainOf(image, images);
  const copied = chain.map((part) =>
    copyLayer(join(sources, part.folder, 'rootfs'), join(folder, part.folder)),
  );
  const layers = (await Promise.all(copied)).filter((layer) => layer !== undefined);
  const mounts = (await Promise.all(chain.map(hostMounts))).flat();
  return {
    layers: [...layers, applets],
    mounts,
    entrypoint: image.entrypoint,
    cmd: image.cmd,
    env: Object.assign({}, ...chain.map(({ env }) => env).reverse()),
    workdir: image.workdir,
    id: `workshop.local/${image.folder}`,
    sizeBytes: [...layers, applets].reduce((sum, layer) => sum + sizeOf(layer), 0),
  };
}

/**
 * A copy of an image's files that belongs to this user: in a user namespace, containers could not write beside files of
 * others, not even as root. Its name holds a hash of the content.
 */
async function copyLayer(source: string, target: string): Promise<string | undefined> {
  if (!existsSync(source)) return undefined;
  const hash = createHash('sha256');
  for (const entry of readdirSync(source, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    hash.update(path.slice(source.length)).update(entry.isFile() ? readFileSync(path) : '');
  }
  return makeOnce(`${target}-${hash.digest('hex').slice(0, 12)}`, async (fresh) => {
    cpSync(source, fresh, { recursive: true });
  });
}

function chainOf(image: Image, images: readonly Image[]): Image[] {
  const base = images.find(({ folder }) => folder === image.base);
  return base ? [image, ...chainOf(base, images)] : [image];
}

async function hostMounts({ folder, host }: Image): Promise<Mount[]> {
  const files: { source: string; target: string }[] = host.mounts.map(({ from, to }) => {
    const source = firstMatch(isAbsolute(from) ? from : join(repositoryRoot(), from));
    return { source, target: to ?? source };
  });
  for (const name of host.programs) {
    const program = findProgram(name);
    if (!program) {
      throw new Error(`image ${folder} needs the program ${name} of this machine, which is missing`);
    }
    files.push({ source: program, target: name === 'node' ? '/usr/bin/node' : program });
    for (const file of await filesOf(program)) files.push({ source: file, target: file });
  }
  return files.map((file) => ({ ...file, readOnly: true }));
}

function firstMatch(path: string): string {
  const [, before, pattern, after] = /^(.*\/)([^/]*\*[^/]*)(\/.*)?$/.exec(path) ?? [];
  if (before === undefined || pattern === undefined) return path;
  const [head = '', tail = ''] = pattern.split('*');
  const found = readdirSync(before).find((name) => {
    return name.startsWith(head) && name.endsWith(tail) && existsSync(`${before}${name}${after ?? ''}`);
  });
  return found === undefined ? path : `${before}${found}${after ?? ''}`;
}

function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return 0;
  return readdirSync(path, { withFileTypes: true }).reduce((sum, entry) => {
    const inside = join(path, entry.name);
    if (entry.isSymbolicLink()) return sum;
    return sum + (entry.isDirectory() ? sizeOf(inside) : statSync(inside).size);
  }, 0);
}
