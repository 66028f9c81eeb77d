import { isRecord } from '../decode/object.ts';
import type { Field, Schema } from '../schema/schema.ts';
import { shapeOf } from '../schema/schema.ts';
import { internalError } from '../status.ts';
import { goFormat } from './go-format.ts';
import { byKey, orderLike } from './order.ts';

type Fields = Readonly<Record<string, Field>>;
type Entry = Record<string, unknown>;

/** A patch that does not fit the object's type; its text is that of k8s.io/apimachinery/pkg/util/strategicpatch. */
export class PatchMismatch extends Error {}

/**
 * Strategic merge patch: lists with a merge key are merged item by item, and `$patch`, `$retainKeys`, `$setElementOrder/…`
 * and `$deleteFromPrimitiveList/…` are obeyed. Changes neither argument. Throws Refusal 500 as Kubernetes does for items
 * without their merge key and unknown `$patch` words, PatchMismatch for a value where a list or an object should be.
 */
export function strategicPatch(schema: Schema, type: string, target: unknown, patch: unknown): Entry {
  const shape = shapeOf(schema, type);
  const fields = shape.kind === 'object' ? shape.type.fields : {};
  const item = shape.kind === 'map' ? shape.item : undefined;
  if (!isRecord(patch)) throw new PatchMismatch(`cannot restore struct from: ${typeof patch}`);
  return mergeEntry({ schema, fields, item }, isRecord(target) ? target : {}, patch);
}

interface Scope {
  readonly schema: Schema;
  readonly fields: Fields;
  /** The type of a map's values, where the entry is a map. */
  readonly item: string | undefined;
}

function mergeEntry(scope: Scope, target: Entry, patch: Entry): Entry {
  const word = patch['$patch'];
  if (word === 'delete') return {};
  if (word === 'replace') return without(patch, isDirective);
  if (word !== undefined && word !== 'merge') {
    throw internalError(`unknown patch type: ${String(word)} in map: ${goFormat(patch)}`);
  }
  const retained = patch['$retainKeys'];
  const keep = Array.isArray(retained) ? new Set(retained) : undefined;
  const result = without(target, (key) => keep !== undefined && !keep.has(key));
  for (const [key, value] of Object.entries(patch)) {
    if (isDirective(key)) continue;
    if (value === null) delete result[key];
    else result[key] = mergeField(scope, key, result[key], value, patch);
  }
  applyListDirectives(scope, result, patch);
  return result;
}

/** `$setElementOrder/x` and `$deleteFromPrimitiveList/x` may come without an `x` in the patch. */
function applyListDirectives({ fields }: Scope, result: Entry, patch: Entry): void {
  for (const [directive, value] of Object.entries(patch)) {
    const [word, name = ''] = directive.split('/', 2);
    const list = result[name];
    if (!Array.isArray(value) || !Array.isArray(list)) continue;
    if (word === '$deleteFromPrimitiveList') result[name] = list.filter((entry) => !value.includes(entry));
    if (word === '$setElementOrder' && !(name in patch))
      result[name] = orderLike(list, list, value, fields[name]?.mergeKey);
  }
}

function mergeField(
  { schema, fields, item }: Scope,
  key: string,
  target: unknown,
  value: unknown,
  patch: Entry,
): unknown {
  const field = fields[key];
  const type = field?.type ?? item;
  if (type === undefined) return value;
  const shape = shapeOf(schema, type);
  if (shape.kind === 'object' || shape.kind === 'map') return strategicPatch(schema, type, target, value);
  if (shape.kind !== 'list') return value;
  if (!Array.isArray(value))
    throw new PatchMismatch(`cannot restore slice from ${isRecord(value) ? 'map' : typeof value}`);
  if (!field?.strategy?.includes('merge')) return value;
  const list = Array.isArray(target) ? (target as unknown[]) : [];
  const merged = field.mergeKey
    ? mergeItems(schema, shape.item, field.mergeKey, list, value)
    : [...new Set([...list, ...value])];
  const order = patch[`$setElementOrder/${key}`];
  return Array.isArray(order) ? orderLike(merged, list, order, field.mergeKey) : merged;
}

function mergeItems(
  schema: Schema,
  type: string,
  mergeKey: string,
  target: readonly unknown[],
  patch: readonly unknown[],
): unknown[] {
  const items = patch.map((item) => (isRecord(item) ? item : {}));
  if (items.some((item) => item['$patch'] === 'replace'))
    return items.filter((item) => item['$patch'] === undefined);
  let result = [...target];
  for (const item of items) {
    if (!(mergeKey in item)) {
      throw internalError(`map: ${goFormat(item)} does not contain declared merge key: ${mergeKey}`);
    }
    const same = byKey(mergeKey, item);
    const index = result.findIndex(same);
    if (item['$patch'] === 'delete') result = result.filter((entry) => !same(entry));
    else if (index < 0) result.push(strategicPatch(schema, type, {}, item));
    else result[index] = strategicPatch(schema, type, result[index], item);
  }
  return result;
}

function isDirective(key: string): boolean {
  return (
    key === '$patch' || key === '$retainKeys' || /^\$(setElementOrder|deleteFromPrimitiveList)\//.test(key)
  );
}

function without(entry: Entry, drop: (key: string) => boolean): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !drop(key)));
}
