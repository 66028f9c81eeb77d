import type { FieldError } from '../../validation/field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../../validation/field-error.ts';
import { dnsLabel } from '../../validation/names.ts';
import type { Volume } from './object.ts';

/** The volumes of a pod, and the names of those that containers may mount (core/validation ValidateVolumes). */
export function validateVolumes(
  volumes: readonly Volume[],
  list: string,
): { errors: FieldError[]; names: ReadonlySet<string> } {
  const names = new Set<string>();
  const errors = volumes.flatMap((volume, index) => {
    const field = `${list}[${index}]`;
    const { name = '' } = volume;
    const own = [
      ...sourceErrors(volume, field),
      ...(name === '' ? [required(`${field}.name`)] : []),
      ...(name === '' ? [] : dnsLabel(name)).map((reason) => invalid(`${field}.name`, name, reason)),
      ...(names.has(name) ? [duplicate(`${field}.name`, name)] : []),
    ];
    if (own.length === 0) names.add(name);
    return own;
  });
  return { errors, names };
}

function sourceErrors(volume: Volume, field: string): FieldError[] {
  const [first, ...others] = Object.keys(volume).filter((source) => source !== 'name');
  if (!first) return [required(field, 'must specify a volume type')];
  return [
    ...detailErrors(volume, field),
    ...others.map((source) => forbidden(`${field}.${source}`, 'may not specify more than 1 volume type')),
  ];
}

function detailErrors(volume: Volume, field: string): FieldError[] {
  const { hostPath, secret, configMap, persistentVolumeClaim: claim } = volume;
  if (claim) return claim.claimName ? [] : [required(`${field}.persistentVolumeClaim.claimName`)];
  if (hostPath) return hostPathErrors(hostPath, `${field}.hostPath`);
  if (secret) {
    return [
      ...(secret.secretName ? [] : [required(`${field}.secret.secretName`)]),
      ...modeErrors(secret.defaultMode, `${field}.secret.defaultMode`),
      ...itemErrors(secret.items ?? [], `${field}.secret.items`),
    ];
  }
  if (!configMap) return [];
  return [
    ...(configMap.name ? [] : [required(`${field}.configMap.name`)]),
    ...modeErrors(configMap.defaultMode, `${field}.configMap.defaultMode`),
    ...itemErrors(configMap.items ?? [], `${field}.configMap.items`),
  ];
}

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

function hostPathErrors({ path, type = '' }: { path: string; type?: string }, field: string): FieldError[] {
  if (!path) return [required(`${field}.path`)];
  const climbs = path.split('/').includes('..');
  return [
    ...(climbs ? [invalid(`${field}.path`, path, "must not contain '..'")] : []),
    ...(hostPathTypes.includes(type) ? [] : [notSupported(`${field}.type`, type, hostPathTypes)]),
  ];
}

function modeErrors(mode: number | undefined, field: string): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

function itemErrors(
  items: readonly { key: string; path: string; mode?: number }[],
  list: string,
): FieldError[] {
  return items.flatMap(({ key, path, mode }, index) => {
    const field = `${list}[${index}]`;
    return [
      ...(key ? [] : [required(`${field}.key`)]),
      ...(path ? [] : [required(`${field}.path`)]),
      ...(path.startsWith('/') ? [invalid(`${field}.path`, path, 'must be a relative path')] : []),
      ...(path.split('/').includes('..') ? [invalid(`${field}.path`, path, "must not contain '..'")] : []),
      ...(/^\.\.[^/]/.test(path) ? [invalid(`${field}.path`, path, "must not start with '..'")] : []),
      ...modeErrors(mode, `${field}.mode`),
    ];
  });
}
