import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, messageOf, WorkshopError } from '../errors.ts';

/** Everything that nodes need, in one folder; `bundle.json` describes it. */
export interface Bundle {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: BundleManifest;
}

/** `bundle.json` */
export interface BundleManifest {
  readonly format: 1;
  /** With its `v`, as `kubectl version` shows it: `v1.35.4`. */
  readonly kubernetes: string;
  readonly created: BundleOrigin;
  /** Changes with the versions and sums that it was made from; programs of a bundle with the same pins can be taken over. */
  readonly pins: string;
  /** As Go names it: `amd64`, `arm64`. */
  readonly arch: string;
  /** Of the other parts, with the `v` of their releases. */
  readonly versions: { readonly etcd: string; readonly coredns: string; readonly cni: string };
  /** Names and tags of the container images in each archive, by the archive's path. */
  readonly images: Readonly<Record<string, readonly string[]>>;
  /** Every file but `bundle.json`, sorted by path. */
  readonly files: readonly BundleFile[];
}

export type BundleOrigin = 'source' | 'download';

export interface BundleFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Permissions in octal: `0755`. */
  readonly mode: string;
}

export const manifestName = 'bundle.json';

/** The read-only ext4 disk (label `bundle`) that virtual machines attach. */
export const diskName = 'bundle.img';

/** Reads `bundle.json` alone: whether the files are whole is told by verifyBundle. Throws WorkshopError `environment`. */
export function readBundle(folder: string): Bundle {
  const file = join(folder, manifestName);
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'there is none' : messageOf(error);
    throw unusable(folder, why, error);
  }
  if (!isManifest(manifest)) throw unusable(folder, `${manifestName} is not of a form that is known here`);
  return { folder, manifest };
}

/** The absolute path of a file in the bundle. Throws WorkshopError `environment` when the bundle has no such file. */
export function fileIn({ folder, manifest }: Bundle, path: string): string {
  if (manifest.files.some((file) => file.path === path)) return join(folder, path);
  throw unusable(folder, `it has no ${path}`);
}

function unusable(folder: string, why: string, cause?: unknown): WorkshopError {
  return new WorkshopError('environment', `could not use the bundle ${folder}: ${why}`, {
    advice: 'workshop bundle',
    cause,
  });
}

function isManifest(value: unknown): value is BundleManifest {
  const manifest = value as Partial<BundleManifest> | null;
  return (
    manifest?.format === 1 &&
    typeof manifest.kubernetes === 'string' &&
    Array.isArray(manifest.files) &&
    manifest.files.every(isFile)
  );
}

function isFile(value: unknown): value is BundleFile {
  const file = value as Partial<BundleFile> | null;
  return (
    typeof file?.path === 'string' &&
    !file.path.split('/').includes('..') &&
    typeof file.sha256 === 'string' &&
    typeof file.size === 'number'
  );
}
