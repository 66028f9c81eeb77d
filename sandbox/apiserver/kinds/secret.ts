import { validateImmutable } from '../validation/equal.ts';
import type { FieldError } from '../validation/field-error.ts';
import { invalid, required, tooLong } from '../validation/field-error.ts';
import { ageColumn, nameColumn, textColumn } from './column.ts';
import { dataLimit, immutableErrors, keyErrors } from './config-map.ts';
import { defineKind } from './define.ts';
import type { StoredObject } from './kind.ts';

interface SecretObject extends StoredObject {
  type: string;
  /** Base64. */
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  immutable?: boolean;
}

export const secret = defineKind<SecretObject>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  shortNames: [],
  categories: [],
  namespaced: true,
  model: 'V1Secret',
  subresources: [],
  columns: [
    nameColumn,
    textColumn(
      'Type',
      'Used to facilitate programmatic handling of secret data. More info: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types',
      ({ type }) => type,
    ),
    textColumn(
      'Data',
      "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4",
      ({ data = {} }) => Object.keys(data).length,
    ),
    ageColumn,
  ],
  selectable: { type: ({ type }) => type },
  hasGeneration: false,
  setDefaults(object) {
    object.type ||= 'Opaque';
    for (const [key, text] of Object.entries(object.stringData ?? {})) {
      object.data = { ...object.data, [key]: Buffer.from(text).toString('base64') };
    }
    delete object.stringData;
  },
  warnings: ({ type, data = {} }) => (type === 'kubernetes.io/tls' ? pairWarnings(data['tls.crt']) : []),
  validate: validateSecret,
  validateUpdate: (object, old) => [
    ...validateImmutable(object.type, old.type, 'type'),
    ...immutableErrors(object, old, ['data']),
    ...validateSecret(object),
  ],
});

function validateSecret(object: SecretObject): FieldError[] {
  const entries = Object.entries(object.data ?? {});
  const errors = entries.flatMap(([key]) => keyErrors('data', key));
  const size = entries.reduce((sum, [, value]) => sum + Buffer.byteLength(value, 'base64'), 0);
  if (size > dataLimit) errors.push(tooLong('data', dataLimit));
  return [...errors, ...typeErrors(object)];
}

/** Each well-known type promises certain keys (core/validation ValidateSecret). */
function typeErrors({ type, data = {}, metadata }: SecretObject): FieldError[] {
  const missing = (...keys: string[]) =>
    keys.filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`));
  switch (type) {
    case 'kubernetes.io/service-account-token': {
      const name = 'kubernetes.io/service-account.name';
      return metadata.annotations?.[name] ? [] : [required(`metadata.annotations[${name}]`)];
    }
    case 'kubernetes.io/dockercfg':
      return jsonErrors('.dockercfg', data['.dockercfg']);
    case 'kubernetes.io/dockerconfigjson':
      return jsonErrors('.dockerconfigjson', data['.dockerconfigjson']);
    case 'kubernetes.io/basic-auth': {
      const both = missing('username', 'password');
      return both.length === 2 ? both : [];
    }
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key');
    default:
      return [];
  }
}

function jsonErrors(key: string, encoded: string | undefined): FieldError[] {
  if (encoded === undefined) return [required(`data[${key}]`)];
  const reason = jsonFault(Buffer.from(encoded, 'base64').toString());
  return reason ? [invalid(`data[${key}]`, '<secret contents redacted>', reason)] : [];
}

/** Kubernetes tries the pair and passes on what Go's TLS library says of it; here only its first question is asked. */
function pairWarnings(encoded = ''): string[] {
  if (Buffer.from(encoded, 'base64').includes('-----BEGIN ')) return [];
  return ['tls: failed to find any PEM data in certificate input'];
}

/** Go's words for the commonest faults: no JSON from the first character on, a misspelt literal, no object. */
function jsonFault(text: string): string | undefined {
  const trimmed = text.trim();
  try {
    const value: unknown = JSON.parse(trimmed);
    const type = Array.isArray(value) ? 'array' : typeof value;
    if (type === 'object') return undefined;
    const name = type === 'boolean' ? 'bool' : type;
    return `json: cannot unmarshal ${name} into Go value of type map[string]interface {}`;
  } catch {
    return literalFault(trimmed) ?? textFault(trimmed);
  }
}

function textFault(text: string): string {
  const [first] = text;
  if (first === undefined || '{["'.includes(first)) return 'unexpected end of JSON input';
  return `invalid character '${first}' looking for beginning of value`;
}

function literalFault(text: string): string | undefined {
  const literal = ['null', 'true', 'false'].find((word) => word[0] === text[0]);
  if (!literal) return undefined;
  const at = [...literal].findIndex((letter, index) => letter !== text[index]);
  if (at < 0) return undefined;
  if (text[at] === undefined) return 'unexpected end of JSON input';
  return `invalid character '${text[at]}' in literal ${literal} (expecting '${literal[at]}')`;
}
