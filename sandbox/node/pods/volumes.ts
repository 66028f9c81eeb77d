import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { isNotFound } from '../../../lib/kube/api-error.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { V1ConfigMap, V1Secret, Wire } from '../../../lib/kube/types.ts';
import { fieldValue } from './field-ref.ts';
import type { Pod } from './pod.ts';
import { requestToken } from './service-account-token.ts';
import type { PodUnit } from './unit.ts';

type Volume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number];
type Files = Record<string, Buffer>;
type Items = { key: string; path: string; mode?: number }[] | undefined;

/** What a volume needs is missing; the message is the kubelet's. */
export class MountFault extends Error {}

/**
 * Makes the folders of a pod's volumes: emptyDir, configMap, secret, downwardAPI, projected of those, and hostPath below the
 * node's root folder. Other kinds come out empty. Throws MountFault.
 */
export async function prepareVolumes(unit: PodUnit): Promise<void> {
  for (const volume of unit.pod.spec?.volumes ?? []) {
    const folder = unit.paths.volume(volume.name);
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const files = await contentOf(unit, volume);
    for (const [path, data] of Object.entries(files)) writeInside(folder, path, data);
  }
}

/** The folder or file that stands behind a volume. */
export function volumeSource(unit: PodUnit, name: string): string | undefined {
  const volume = unit.pod.spec?.volumes?.find((candidate) => candidate.name === name);
  if (!volume) return undefined;
  if (!volume.hostPath) return unit.paths.volume(name);
  const path = join(unit.node.paths.root, 'host', normalize(`/${volume.hostPath.path}`));
  mkdirSync(path, { recursive: true, mode: 0o755 });
  return path;
}

async function contentOf(unit: PodUnit, volume: Volume): Promise<Files> {
  const sources = volume.projected?.sources ?? [volume];
  const parts: Files[] = [];
  for (const source of sources) {
    const { configMap, downwardAPI } = source;
    const token = 'serviceAccountToken' in source ? source.serviceAccountToken : undefined;
    const secret =
      'secretName' in (source.secret ?? {})
        ? { ...source.secret, name: (source.secret as { secretName?: string }).secretName }
        : (source.secret as { name?: string; items?: Items; optional?: boolean } | undefined);
    if (token) parts.push({ [token.path]: Buffer.from(await requestToken(unit, token)) });
    else if (configMap) parts.push(await dataOf(unit, volume.name, 'ConfigMap', configMap));
    else if (secret) parts.push(await dataOf(unit, volume.name, 'Secret', secret));
    else if (downwardAPI) parts.push(downwardFiles(unit, downwardAPI.items ?? []));
  }
  return Object.assign({}, ...parts);
}

async function dataOf(
  unit: PodUnit,
  volume: string,
  kind: 'ConfigMap' | 'Secret',
  wanted: { name?: string | undefined; items?: Items; optional?: boolean | undefined },
): Promise<Files> {
  const name = wanted.name ?? '';
  const found = await read(unit, kind, name);
  if (!found) {
    if (wanted.optional) return {};
    throw new MountFault(
      `MountVolume.SetUp failed for volume "${volume}" : ${kind.toLowerCase()} "${name}" not found`,
    );
  }
  if (!wanted.items) return found;
  const chosen: Files = {};
  for (const { key, path } of wanted.items) {
    const data = found[key];
    if (data) chosen[path] = data;
    else if (!wanted.optional) {
      throw new MountFault(
        `MountVolume.SetUp failed for volume "${volume}" : references non-existent ${kind.toLowerCase()} key: ${key}`,
      );
    }
  }
  return chosen;
}

async function read(unit: PodUnit, kind: 'ConfigMap' | 'Secret', name: string): Promise<Files | undefined> {
  const ref = { namespace: unit.pod.metadata?.namespace, name };
  const decoded = (map: Record<string, string> | undefined, encoding: BufferEncoding) => {
    return Object.entries(map ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)] as const);
  };
  try {
    if (kind === 'Secret') {
      const secret = await unit.node.client.get<Wire<V1Secret>>(resources.secrets, ref);
      return Object.fromEntries(decoded(secret.data, 'base64'));
    }
    const map = await unit.node.client.get<Wire<V1ConfigMap>>(resources.configMaps, ref);
    return Object.fromEntries([...decoded(map.data, 'utf8'), ...decoded(map.binaryData, 'base64')]);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function downwardFiles(unit: PodUnit, items: { path: string; fieldRef?: { fieldPath: string } }[]): Files {
  const addresses = { pod: unit.record.address ?? '', node: unit.node.nodeAddress };
  return Object.fromEntries(
    items.map(({ path, fieldRef }) => {
      return [path, Buffer.from(fieldRef ? fieldValue(unit.pod, fieldRef.fieldPath, addresses) : '')];
    }),
  );
}

function writeInside(folder: string, path: string, data: Buffer): void {
  const file = join(folder, normalize(`/${path}`));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, data, { mode: 0o644 });
}
