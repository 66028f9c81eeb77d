import type { V1ConfigMap, Wire } from '../../../lib/kube/types.ts';
import { semanticEqual } from '../validation/equal.ts';
import type { FieldError } from '../validation/field-error.ts';
import { forbidden, invalid, tooLong } from '../validation/field-error.ts';
import { configKey } from '../validation/names.ts';
import { ageColumn, nameColumn, textColumn } from './column.ts';
import { defineKind } from './define.ts';
import type { StoredObject } from './kind.ts';

interface ConfigMapObject extends StoredObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  immutable?: Wire<V1ConfigMap>['immutable'];
}

/** Bytes of all values of one ConfigMap or Secret. */
export const dataLimit = 1024 * 1024;

export const configMap = defineKind<ConfigMapObject>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  categories: [],
  namespaced: true,
  model: 'V1ConfigMap',
  subresources: [],
  columns: [
    nameColumn,
    textColumn(
      'Data',
      "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, this is enforced during validation process.",
      ({ data = {}, binaryData = {} }) => {
        return Object.keys(data).length + Object.keys(binaryData).length;
      },
    ),
    ageColumn,
  ],
  selectable: {},
  hasGeneration: false,
  validate: validateData,
  validateUpdate: (object, old) => [
    ...immutableErrors(object, old, ['data', 'binaryData']),
    ...validateData(object),
  ],
});

function validateData({ data = {}, binaryData = {} }: ConfigMapObject): FieldError[] {
  const errors = [
    ...Object.keys(data).flatMap((key) => [
      ...keyErrors('data', key),
      ...(key in binaryData ? [invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')] : []),
    ]),
    ...Object.keys(binaryData).flatMap((key) => keyErrors('binaryData', key)),
  ];
  const sizes = [
    ...Object.values(data).map((value) => Buffer.byteLength(value)),
    ...Object.values(binaryData).map((value) => Buffer.byteLength(value, 'base64')),
  ];
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  return size > dataLimit ? [...errors, tooLong('[]', dataLimit)] : errors;
}

/** What is wrong with a key of `data` (upstream: IsConfigMapKey). */
export function keyErrors(field: string, key: string): FieldError[] {
  return configKey(key).map((reason) => invalid(`${field}[${key}]`, key, reason));
}

/** What an object marked immutable refuses to have changed. */
export function immutableErrors<T extends { immutable?: boolean | undefined }>(
  object: T,
  old: T,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (!old.immutable) return [];
  const changed = fields.filter((field) => !semanticEqual(object[field], old[field]));
  return [...(object.immutable ? [] : ['immutable']), ...changed].map((field) =>
    forbidden(field, 'field is immutable when `immutable` is set'),
  );
}
