import { messageOf } from '../../../lib/errors.ts';
import type { StoredObject } from '../kinds/kind.ts';
import type { Schema } from '../schema/schema.ts';
import { badRequest } from '../status.ts';
import type { FieldValidation } from '../verbs/options.ts';
import { decodeObject, isRecord } from './object.ts';
import { describe } from './scalar.ts';
import { parseBody, unrecognized } from './syntax.ts';

/** The type a request's body has to be of. */
export interface Expected {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly model: string;
}

export interface DecodedBody {
  readonly object: StoredObject;
  readonly warnings: readonly string[];
}

/**
 * Decodes the object in a request's body: syntax, apiVersion and kind, types, unknown fields (by `fieldValidation`).
 * Throws Refusal 400 or 415 as Kubernetes does.
 */
export function decodeBody(
  schema: Schema,
  expected: Expected,
  body: Buffer,
  options: { contentType: string | undefined; fieldValidation: FieldValidation; isKind: IsKind },
): DecodedBody {
  const value = parseBody(schema, body, options.contentType, expected);
  if (!isRecord(value)) {
    throw unrecognized(
      expected.kind,
      `couldn't get version/kind; json parse error: ${notAnObject(value)}`,
      body,
    );
  }
  checkType(value, expected, options.isKind);
  const { object, unknown } = decodeOr(expected, () => decodeObject(schema, expected.model, value));
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (texts.length > 0 && options.fieldValidation === 'Strict') {
    throw cannotHandle(expected, `strict decoding error: ${texts.join(', ')}`);
  }
  return {
    object: withType(object, expected),
    warnings: options.fieldValidation === 'Warn' ? texts : [],
  };
}

/** Tells whether a kind is known at all: mistakes in the kind read otherwise then. */
export type IsKind = (apiVersion: string, kind: string) => boolean;

/** The object with apiVersion and kind in front, and metadata there at least empty. */
export function withType(object: Record<string, unknown>, { group, version, kind }: Expected): StoredObject {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return {
    ...{ kind, apiVersion, metadata },
    ...object,
    kind,
    apiVersion,
    metadata,
  } as unknown as StoredObject;
}

function checkType(value: Record<string, unknown>, expected: Expected, isKind: IsKind): void {
  const own = expected.group === '' ? expected.version : `${expected.group}/${expected.version}`;
  const apiVersion = String(value['apiVersion'] ?? '') || own;
  const kind = String(value['kind'] ?? '') || expected.kind;
  if (apiVersion === own && kind === expected.kind) return;
  const version = apiVersion.split('/').at(-1) ?? '';
  const head = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}`;
  if (!isKind(apiVersion, kind)) {
    const where = 'in scheme "pkg/runtime/scheme.go:111"';
    const text = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} ${where}`;
    throw badRequest(`${head}: ${text}`);
  }
  const target = `${expected.group === '' ? 'core' : expected.group.replace(/\..*$/, '')}.${expected.kind}`;
  throw badRequest(`${head}: converting (${version}.${kind}) to (${target}): unknown conversion`);
}

function decodeOr<T>(expected: Expected, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw cannotHandle(expected, messageOf(error));
  }
}

function cannotHandle({ kind, version }: Expected, why: string): Error {
  return badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`);
}

function notAnObject(value: unknown): string {
  const target = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
  return `json: cannot unmarshal ${value === null ? 'null' : describe(value)} into Go value of type ${target}`;
}
