import type { FieldError } from '../../validation/field-error.ts';
import { invalid, notSupported, required } from '../../validation/field-error.ts';
import { qualifiedName } from '../../validation/labels.ts';
import { configKey, dnsSubdomain, envName, maskTrailingDash } from '../../validation/names.ts';
import type { Container, EnvVar } from './object.ts';

type Source = NonNullable<EnvVar['valueFrom']>;
type EnvFrom = NonNullable<Container['envFrom']>[number];

/** `env` of a container (core/validation ValidateEnv). */
export function validateEnv(variables: readonly EnvVar[], list: string): FieldError[] {
  return variables.flatMap(({ name, value, valueFrom }, index) => {
    const field = `${list}[${index}]`;
    const named = name
      ? envName(name).map((reason) => invalid(`${field}.name`, name, reason))
      : [required(`${field}.name`)];
    return valueFrom ? [...named, ...sourceErrors(valueFrom, value ?? '', `${field}.valueFrom`)] : named;
  });
}

function sourceErrors(source: Source, value: string, field: string): FieldError[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source;
  const errors = [
    ...(fieldRef ? fieldErrors(fieldRef, `${field}.fieldRef`) : []),
    ...(resourceFieldRef ? resourceErrors(resourceFieldRef.resource, `${field}.resourceFieldRef`) : []),
    ...(configMapKeyRef ? keyErrors(configMapKeyRef, `${field}.configMapKeyRef`) : []),
    ...(secretKeyRef ? keyErrors(secretKeyRef, `${field}.secretKeyRef`) : []),
  ];
  const count = Object.values(source).filter((entry) => entry !== undefined).length;
  if (count === 0) {
    const names = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(invalid(field, '', `must specify one of: ${names}`));
  } else if (value !== '') {
    errors.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  } else if (count > 1) {
    errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

const fieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

type FieldRef = NonNullable<Source['fieldRef']>;

function fieldErrors({ apiVersion, fieldPath: path }: FieldRef, field: string): FieldError[] {
  if (!path) return [required(`${field}.fieldPath`)];
  const fault = conversionFault(apiVersion ?? 'v1', path);
  if (fault) return [invalid(`${field}.fieldPath`, path, `error converting fieldPath: ${fault}`)];
  const [, map, key] = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/.exec(path) ?? [];
  if (map !== undefined && key !== undefined) {
    const name = map === 'metadata.annotations' ? key.toLowerCase() : key;
    return qualifiedName(name).map((reason) => invalid(field, name, reason));
  }
  return fieldPaths.includes(path) ? [] : [notSupported(`${field}.fieldPath`, path, fieldPaths)];
}

const labels = [
  ...fieldPaths,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
];

/** Go's own words for a path that no field of a pod has (pkg/apis/core/pods ConvertDownwardAPIFieldLabel). */
function conversionFault(apiVersion: string, path: string): string | undefined {
  if (apiVersion !== 'v1') return `unsupported pod version: ${apiVersion}`;
  const [, subscripted] = /^(.*)\['.*'\]$/.exec(path) ?? [];
  if (subscripted === undefined)
    return labels.includes(path) ? undefined : `field label not supported: ${path}`;
  if (subscripted === 'metadata.annotations' || subscripted === 'metadata.labels') return undefined;
  return `field label does not support subscript: ${path}`;
}

const resources = ['limits', 'requests'].flatMap((list) =>
  ['cpu', 'ephemeral-storage', 'memory'].map((name) => `${list}.${name}`),
);

function resourceErrors(resource: string, field: string): FieldError[] {
  if (!resource) return [required(`${field}.resource`)];
  if (resources.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource)) return [];
  return [notSupported(`${field}.resource`, resource, resources)];
}

function keyErrors({ name = '', key = '' }: { name?: string; key?: string }, field: string): FieldError[] {
  return [
    ...dnsSubdomain(name).map((reason) => invalid(`${field}.name`, name, reason)),
    ...(key === '' ? [required(`${field}.key`)] : []),
    ...(key === '' ? [] : configKey(key)).map((reason) => invalid(`${field}.key`, key, reason)),
  ];
}

/** `envFrom` of a container (core/validation ValidateEnvFrom). */
export function validateEnvFrom(sources: readonly EnvFrom[], list: string): FieldError[] {
  return sources.flatMap(({ prefix = '', configMapRef, secretRef }, index) => {
    const field = `${list}[${index}]`;
    const errors = (prefix === '' ? [] : envName(prefix)).map((reason) =>
      invalid(`${field}.prefix`, prefix, reason),
    );
    for (const [kind, ref] of Object.entries({ configMapRef, secretRef })) {
      if (ref) errors.push(...referenceErrors(ref.name ?? '', `${field}.${kind}`));
    }
    const both = 'may not have more than one field specified at a time';
    if (configMapRef && secretRef) errors.push(invalid(list, '', both));
    if (configMapRef || secretRef) return errors;
    return [...errors, invalid(list, '', 'must specify one of: `configMapRef` or `secretRef`')];
  });
}

function referenceErrors(name: string, field: string): FieldError[] {
  if (name === '') return [required(`${field}.name`)];
  return dnsSubdomain(maskTrailingDash(name)).map((reason) => invalid(`${field}.name`, name, reason));
}
