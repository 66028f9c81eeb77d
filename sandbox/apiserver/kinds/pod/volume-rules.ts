import type { FieldError } from '../../validation/field-error.ts';
import { duplicate, forbidden, invalid, required } from '../../validation/field-error.ts';
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

function detailErrors({ hostPath, secret, configMap }: Volume, field: string): FieldError[] {
  if (hostPath) return hostPathErrors(hostPath.path, `${field}.hostPath.path`);
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

function hostPathErrors(path: string, field: string): FieldError[] {
  if (!path) return [required(field)];
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
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
