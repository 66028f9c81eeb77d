import type { Field, ObjectType, Schema } from '../schema/schema.ts';
import { shapeOf, typeNamed } from '../schema/schema.ts';
import { decodeScalar, describe, Mismatch } from './scalar.ts';

export interface Decoded {
  /** A fresh copy with the known fields alone; nulls are left out. */
  readonly object: Record<string, unknown>;
  /** Paths of fields that the type does not have: `spec.ports[0].foo`. */
  readonly unknown: readonly string[];
}

/** Where the decoder is: for people (`spec.ports[0].port`) and as Go's decoder says it (`ServicePort.spec.ports.port`). */
interface Place {
  readonly path: string;
  readonly goPath: string;
  readonly struct: string;
  readonly field: Field | undefined;
}

/**
 * Checks a value against a type of the schema. Throws Error with the text of Go's decoder for the first value of a wrong
 * type: `json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32`.
 */
export function decodeObject(schema: Schema, model: string, value: unknown): Decoded {
  const unknown: string[] = [];
  const type = typeNamed(schema, model);
  if (!isRecord(value)) {
    throw new Error(`json: cannot unmarshal ${describe(value)} into Go value of type v1.${type.name}`);
  }
  const top: Place = { path: '', goPath: '', struct: type.name, field: undefined };
  return { object: decodeFields(schema, type, value, top, unknown), unknown };
}

function decodeFields(
  schema: Schema,
  type: ObjectType,
  value: Record<string, unknown>,
  at: Place,
  unknown: string[],
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value)) {
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    const path = at.path === '' ? name : `${at.path}.${name}`;
    if (!field) unknown.push(path);
    if (!field || entry === null || entry === undefined) continue;
    const goPath = at.goPath === '' ? name : `${at.goPath}.${name}`;
    const decoded = decodeValue(
      schema,
      field.type,
      entry,
      { path, goPath, struct: type.name, field },
      unknown,
    );
    if (!isEmptyCollection(field, decoded) || keptEmpty.has(`${type.name}.${name}`)) result[name] = decoded;
  }
  return result;
}

/** Go leaves out empty lists and maps (`omitempty`), except in these fields. */
const keptEmpty: ReadonlySet<string> = new Set([
  'Endpoint.addresses',
  'EndpointSlice.endpoints',
  'EndpointSlice.ports',
  'PodSpec.containers',
  'TokenRequestSpec.audiences',
]);

function isEmptyCollection({ type }: Field, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return type.startsWith('map:') && isRecord(value) && Object.keys(value).length === 0;
}

function decodeValue(schema: Schema, type: string, value: unknown, at: Place, unknown: string[]): unknown {
  const shape = shapeOf(schema, type);
  switch (shape.kind) {
    case 'scalar':
      return inPlace(at, () => decodeScalar(shape.scalar, value, at.field?.goType));
    case 'object':
      if (!isRecord(value)) throw wrongType(value, goTypeOf(schema, type), at);
      return decodeFields(schema, shape.type, value, at, unknown);
    case 'list':
      if (!Array.isArray(value)) throw wrongType(value, goTypeOf(schema, type), at);
      return value.map((item: unknown, index) => {
        return decodeValue(schema, shape.item, item ?? {}, { ...at, path: `${at.path}[${index}]` }, unknown);
      });
    case 'map':
      if (!isRecord(value)) throw wrongType(value, goTypeOf(schema, type), at);
      return decodeMap(schema, shape.item, value, at, unknown);
  }
}

function decodeMap(
  schema: Schema,
  item: string,
  value: Record<string, unknown>,
  at: Place,
  unknown: string[],
): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, entry]): [string, unknown] => {
    const place = { ...at, path: `${at.path}.${key}` };
    return [key, decodeValue(schema, item, entry ?? (item === 'string' ? '' : entry), place, unknown)];
  });
  return Object.fromEntries(entries);
}

function inPlace<T>(at: Place, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw error instanceof Mismatch ? wrongType(error.value, error.goType, at) : error;
  }
}

function wrongType(value: unknown, goType: string, at: Place): Error {
  const field = `${at.struct}.${at.goPath}`;
  return new Error(
    `json: cannot unmarshal ${describe(value)} into Go struct field ${field} of type ${goType}`,
  );
}

function goTypeOf(schema: Schema, type: string): string {
  const shape = shapeOf(schema, type);
  if (shape.kind === 'list') return `[]${goTypeOf(schema, shape.item)}`;
  if (shape.kind === 'map') return `map[string]${goTypeOf(schema, shape.item)}`;
  return shape.kind === 'object' ? `v1.${shape.type.name}` : (goScalars[shape.scalar] ?? shape.scalar);
}

const goScalars: Readonly<Record<string, string>> = {
  boolean: 'bool',
  double: 'float64',
  byte: '[]uint8',
  intOrString: 'intstr.IntOrString',
  quantity: 'resource.Quantity',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  any: 'interface {}',
};

/** True for what was a JSON object: no list, not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
