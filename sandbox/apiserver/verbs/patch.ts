import fastJsonPatch from 'fast-json-patch';
import { messageOf } from '../../../lib/errors.ts';
import type { Call, Outcome } from '../api.ts';
import { decodeObject, isRecord } from '../decode/object.ts';
import { withType } from '../decode/request.ts';
import { describe } from '../decode/scalar.ts';
import { parseJson } from '../decode/syntax.ts';
import type { Kind, StoredObject } from '../kinds/kind.ts';
import { objectAnswer } from '../output/represent.ts';
import { goFormat } from '../patch/go-format.ts';
import { mergePatch } from '../patch/merge.ts';
import { PatchMismatch, strategicPatch } from '../patch/strategic.ts';
import type { Schema } from '../schema/schema.ts';
import { badRequest, invalid, Refusal, unsupportedMediaType } from '../status.ts';
import { invalid as invalidField } from '../validation/field-error.ts';
import { type FieldValidation, writeOptions } from './options.ts';
import { type Part, updateObject } from './update.ts';

/** What an object is patched against: its type in the schema. */
export interface Target {
  readonly schema: Schema;
  readonly type: Pick<Kind, 'group' | 'version' | 'kind' | 'model'>;
  readonly fieldValidation: FieldValidation;
}

export interface Patched {
  readonly object: StoredObject;
  readonly warnings: readonly string[];
}

/** PATCH of an object, or of a part of it. */
export async function patch(call: Call, part: Part): Promise<Outcome> {
  const { api, kind, info } = call;
  const { dryRun, fieldValidation } = writeOptions(info.query, 'PatchOptions');
  const apply = readPatch(await call.body(), call.request.headers['content-type']);
  let before: StoredObject | undefined;
  let warnings: readonly string[] = [];
  const change = (old: StoredObject) => {
    const patched = apply({ schema: api.schema, type: kind, fieldValidation }, old);
    before = old;
    warnings = patched.warnings;
    return patched.object;
  };
  const next = await updateObject(api, {
    kind,
    namespace: info.namespace,
    name: info.name,
    part,
    dryRun,
    change,
  });
  return objectAnswer(call, next, { warnings: [...warnings, ...(kind.warnings?.(next, before) ?? [])] });
}

type Apply = (target: Target, old: StoredObject) => Patched;

/**
 * Reads a patch of any of three kinds. Throws Refusal 400 for bad syntax, 415 for another media type; server-side apply is
 * one of these. The function it returns throws Refusal 422 when the patch does not fit the object.
 */
export function readPatch(body: Buffer, contentType: string | undefined): Apply {
  const type = (contentType ?? '').split(';')[0]?.trim();
  if (type === 'application/json-patch+json') return jsonPatch(syntax(body, 'error decoding patch: '));
  if (type === 'application/merge-patch+json') {
    const value = syntax(body, 'error decoding patch: ');
    return (target, old) => {
      const merged = mergePatch(old, value);
      return decodePatched(target, merged, JSON.stringify(merged));
    };
  }
  if (type === 'application/strategic-merge-patch+json') return strategic(syntax(body, ''));
  const accepted = [
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
  ];
  if (type !== 'application/apply-patch+yaml')
    throw new Refusal(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

function strategic(value: unknown): Apply {
  return (target, old) => {
    const shown = goFormat(value);
    try {
      const merged = strategicPatch(target.schema, `ref:${target.type.model}`, old, value);
      return decodePatched(target, merged, shown);
    } catch (error) {
      if (error instanceof PatchMismatch) throw badPatch(shown, error.message);
      throw error;
    }
  };
}

function jsonPatch(value: unknown): Apply {
  if (!Array.isArray(value)) {
    const what = `json: cannot unmarshal ${describe(value)} into Go value of type []handlers.jsonPatchOp`;
    throw badRequest(`error decoding patch: ${what}`);
  }
  return (target, old) => {
    const patched = applyOperations(structuredClone(old), value as fastJsonPatch.Operation[]);
    return decodePatched(target, patched, JSON.stringify(patched));
  };
}

function applyOperations(object: unknown, operations: fastJsonPatch.Operation[]): unknown {
  try {
    return fastJsonPatch.applyPatch(object, operations, true, true, true).newDocument;
  } catch (error) {
    const message = 'the server rejected our request due to an error in our request';
    throw Object.assign(new Refusal(422, 'Invalid', message, {}), { cause: error });
  }
}

function decodePatched({ schema, type, fieldValidation }: Target, value: unknown, shown: string): Patched {
  try {
    const { object, unknown } = decodeObject(schema, type.model, isRecord(value) ? value : {});
    const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
    if (texts.length > 0 && fieldValidation === 'Strict')
      throw new Error(`strict decoding error: ${texts.join(', ')}`);
    return { object: withType(object, type), warnings: fieldValidation === 'Warn' ? texts : [] };
  } catch (error) {
    throw badPatch(shown, messageOf(error));
  }
}

function badPatch(shown: string, why: string): Refusal {
  return invalid({ group: '', kind: '' }, '', [invalidField('patch', shown, why)]);
}

function syntax(body: Buffer, prefix: string): unknown {
  try {
    return parseJson(body.toString('utf8'));
  } catch (error) {
    throw badRequest(`${prefix}${messageOf(error)}`);
  }
}
