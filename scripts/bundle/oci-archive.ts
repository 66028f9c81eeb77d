import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Of } from '../../lib/bundle/verify.ts';
import { run } from '../../lib/exec.ts';
import { architecture } from './programs.ts';

/** A container image made from folders. */
export interface OciImage {
  /** In full, with its tag: `docker.io/library/busybox:1.36`. */
  readonly name: string;
  /** Root file systems, the lowest first. */
  readonly layers: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: object;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Writes images as one archive of the OCI image layout, as `ctr images import` reads it. Layers are not compressed: a slow
 * machine unpacks them sooner so. The same folders give the same bytes. `work` is a folder for the parts.
 */
export async function writeOciArchive(
  file: string,
  images: readonly OciImage[],
  work: string,
  signal?: AbortSignal,
): Promise<void> {
  const layout = join(work, 'layout');
  await rm(layout, { recursive: true, force: true });
  await mkdir(join(layout, 'blobs', 'sha256'), { recursive: true });
  const layers = new Map<string, Descriptor>();
  const manifests: Descriptor[] = [];
  for (const image of images) {
    for (const folder of image.layers) {
      if (!layers.has(folder)) layers.set(folder, await addLayer(layout, folder, signal));
    }
    const used = image.layers.flatMap((folder) => layers.get(folder) ?? []);
    manifests.push(await addImage(layout, image, used));
  }
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const index = { schemaVersion: 2, mediaType: `${media}.index.v1+json`, manifests };
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  await tar(file, layout, ['oci-layout', 'index.json', 'blobs'], signal);
  await rm(layout, { recursive: true, force: true });
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md */
const media = 'application/vnd.oci.image';

async function addLayer(layout: string, folder: string, signal?: AbortSignal): Promise<Descriptor> {
  const file = join(layout, 'layer');
  await tar(file, folder, ['.'], signal);
  const [sum, { size }] = [await sha256Of(file, signal), await stat(file)];
  await rename(file, join(layout, 'blobs', 'sha256', sum));
  return { mediaType: `${media}.layer.v1.tar`, digest: `sha256:${sum}`, size };
}

async function addImage(layout: string, image: OciImage, layers: readonly Descriptor[]): Promise<Descriptor> {
  const platform = { architecture: architecture(), os: 'linux' };
  const config = {
    ...platform,
    // The beginning of time: the same input has to give the same bytes.
    created: '1970-01-01T00:00:00Z',
    config: {
      Env: Object.entries({ PATH: usualPath, ...image.env }).map(([name, value]) => `${name}=${value}`),
      ...(image.entrypoint.length > 0 && { Entrypoint: image.entrypoint }),
      ...(image.cmd.length > 0 && { Cmd: image.cmd }),
      WorkingDir: image.workdir,
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: `${media}.manifest.v1+json`,
    config: await addJson(layout, config, `${media}.config.v1+json`),
    layers,
  };
  return {
    ...(await addJson(layout, manifest, manifest.mediaType)),
    platform,
    annotations: {
      'io.containerd.image.name': image.name,
      'org.opencontainers.image.ref.name': image.name.slice(image.name.lastIndexOf(':') + 1),
    },
  };
}

const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

async function addJson(layout: string, value: object, mediaType: string): Promise<Descriptor> {
  const text = JSON.stringify(value);
  const sum = createHash('sha256').update(text).digest('hex');
  await writeFile(join(layout, 'blobs', 'sha256', sum), text);
  return { mediaType, digest: `sha256:${sum}`, size: Buffer.byteLength(text) };
}

async function tar(
  file: string,
  folder: string,
  members: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const sameBytes = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const args = ['--format=gnu', ...sameBytes, '-cf', file, '-C', folder, ...members];
  await run('tar', args, { signal });
}
