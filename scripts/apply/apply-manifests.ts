import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { type Applied, apply } from '../../lib/kube/apply/apply.ts';
import type { Client } from '../../lib/kube/client.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { parseYamlStream } from '../../lib/yaml.ts';

export interface ApplyManifestsOptions {
  client: Client;
  /** Names of files in manifests/, or paths of files. */
  names: readonly string[];
  namespace?: string | undefined;
  signal: AbortSignal;
  /** Told of each object as it is done. */
  onApplied?: (applied: Applied) => void;
}

/** Applies every object of the files, in order. Throws WorkshopError `usage` for a file that cannot be read or is no manifest. */
export async function applyManifests(options: ApplyManifestsOptions): Promise<Applied[]> {
  const { client, names, namespace, signal, onApplied } = options;
  const files = await Promise.all(names.map(async (name) => readObjects(await fileOf(name))));
  const done: Applied[] = [];
  for (const object of files.flat()) {
    const applied = await apply(client, object, { namespace, signal });
    onApplied?.(applied);
    done.push(applied);
  }
  return done;
}

async function fileOf(name: string): Promise<string> {
  const folder = join(repositoryRoot(), 'manifests');
  const own = join(folder, `${name}.yaml`);
  if (existsSync(own)) return own;
  if (existsSync(name)) return name;
  const known = (await readdir(folder)).flatMap((file) => (file.endsWith('.yaml') ? file.slice(0, -5) : []));
  throw new WorkshopError(
    'usage',
    `could not apply ${name}: no such file or manifest${didYouMean(name, known)}`,
    {
      advice: `workshop apply ${known.slice(0, 3).join(' ')}`,
    },
  );
}

async function readObjects(file: string): Promise<KubeObject[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new WorkshopError('usage', `could not read ${file}: ${messageOf(cause)}`, { cause });
  });
  return parseYamlStream(text, file).map((value) => {
    if (isObject(value)) return value;
    throw new WorkshopError(
      'usage',
      `could not apply ${file}: an object in it lacks apiVersion, kind or a name`,
    );
  });
}

function isObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as KubeObject;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}
