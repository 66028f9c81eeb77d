import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkshopError } from '../../../lib/errors.ts';
import { parseYaml } from '../../../lib/yaml.ts';
import { type ImageReference, parseImage } from './reference.ts';

/** One folder below sandbox/images, by its image.yaml. */
export interface Image {
  folder: string;
  /** Names it answers to; the tag `*` stands for any. */
  names: readonly string[];
  /** Folder name of the image below it. */
  base: string | undefined;
  entrypoint: readonly string[];
  cmd: readonly string[];
  env: Readonly<Record<string, string>>;
  workdir: string;
  /** What it takes from the machine itself, read-only. */
  host: {
    /** Programs, with the libraries they load, at the same paths. */
    programs: readonly string[];
    /** Folders and files; a relative source lies in the workshop's own folder, `*` stands for the first name that fits. */
    mounts: readonly { from: string; to: string | undefined }[];
  };
}

/** Reads every image below `folder`. Throws WorkshopError for a bad image.yaml. */
export function readImages(folder: string): Image[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readImage(entry.name, join(folder, entry.name, 'image.yaml')))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function readImage(folder: string, file: string): Image {
  const data = parseYaml(readFileSync(file, 'utf8'), file);
  const fail = (field: string): never => {
    throw new WorkshopError('bug', `could not use ${file}: ${field} is missing or of a wrong type`);
  };
  const record = (value: unknown, field: string): Record<string, unknown> => {
    if (value === undefined) return {};
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : fail(field);
  };
  const texts = (value: unknown, field: string): string[] => {
    if (value === undefined) return [];
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : fail(field);
  };
  const text = (value: unknown, field: string): string => (typeof value === 'string' ? value : fail(field));
  const top = record(data, 'the document');
  const host = record(top['host'], 'host');
  const mounts = (host['mounts'] ?? []) as unknown[];
  return {
    folder,
    names: texts(top['names'] ?? fail('names'), 'names'),
    base: top['base'] === undefined ? undefined : text(top['base'], 'base'),
    entrypoint: texts(top['entrypoint'], 'entrypoint'),
    cmd: texts(top['cmd'], 'cmd'),
    env: record(top['env'], 'env') as Record<string, string>,
    workdir: text(top['workdir'] ?? '/', 'workdir'),
    host: {
      programs: texts(host['programs'], 'host.programs'),
      mounts: mounts.map((mount) => {
        const { from, to } = record(mount, 'host.mounts');
        return {
          from: text(from, 'host.mounts.from'),
          to: to === undefined ? undefined : text(to, 'host.mounts.to'),
        };
      }),
    },
  };
}

/** The image that a pod's `image:` means, or undefined when there is none of that name. */
export function findImage(images: readonly Image[], wanted: string): Image | undefined {
  const reference = parseImage(wanted);
  if (!reference) return undefined;
  return images.find((image) => image.names.some((name) => answersTo(name, reference)));
}

function answersTo(name: string, wanted: ImageReference): boolean {
  const anyTag = name.endsWith(':*');
  const own = parseImage(anyTag ? name.slice(0, -2) : name);
  return own?.repository === wanted.repository && (anyTag || own.tag === wanted.tag);
}
