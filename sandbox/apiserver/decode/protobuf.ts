import type { ObjectType, Schema, WireField } from '../schema/schema.ts';
import { type Shape, shapeOf, typeNamed } from '../schema/schema.ts';
import { fieldsOf, readVarint, type WireValue } from './wire-format.ts';

/**
 * Reads an object in Kubernetes' protobuf form, which kubectl's typed commands send (`create configmap`, `create token`):
 * `k8s\0`, then a message with apiVersion, kind and the object (k8s.io/apimachinery: runtime.Unknown). The result is what JSON
 * would have said. Throws Error for bytes that are not such a message.
 */
export function decodeProtobuf(schema: Schema, model: string, bytes: Buffer): unknown {
  if (!bytes.subarray(0, 4).equals(magic)) {
    const message = 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]';
    throw new Error(message);
  }
  const envelope = fieldsOf(bytes.subarray(4));
  const typeMeta = fieldsOf(bytesOf(envelope.get(1)?.at(-1)));
  const raw = bytesOf(envelope.get(2)?.at(-1));
  return {
    apiVersion: bytesOf(typeMeta.get(1)?.at(-1)).toString('utf8'),
    kind: bytesOf(typeMeta.get(2)?.at(-1)).toString('utf8'),
    ...decodeMessage(schema, typeNamed(schema, model), raw),
  };
}

const magic = Buffer.from('k8s\0');

function decodeMessage(schema: Schema, type: ObjectType, bytes: Buffer): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [number, values] of fieldsOf(bytes)) {
    const known = type.wire?.[number];
    if (!known) continue;
    if ('inline' in known) {
      for (const [inner, innerValues] of fieldsOf(bytesOf(values.at(-1)))) {
        const field = known.inline[inner];
        if (field) setField(schema, type, field, innerValues, result);
      }
    } else setField(schema, type, known, values, result);
  }
  return result;
}

function setField(
  schema: Schema,
  type: ObjectType,
  { name, keepsZero = false }: WireField,
  values: readonly WireValue[],
  result: Record<string, unknown>,
): void {
  const field = type.fields[name];
  if (!field) return;
  const value = decodeValues(schema, shapeOf(schema, field.type), values);
  const isZero = value === '' || value === 0 || value === false;
  if (value !== undefined && (keepsZero || !isZero)) result[name] = value;
}

function decodeValues(schema: Schema, shape: Shape, values: readonly WireValue[]): unknown {
  if (shape.kind === 'list') {
    const item = shapeOf(schema, shape.item);
    return values.flatMap((value) => unpack(item, value)).map((value) => decodeValues(schema, item, [value]));
  }
  if (shape.kind === 'map') {
    const item = shapeOf(schema, shape.item);
    return Object.fromEntries(
      values.map((value) => {
        const entry = fieldsOf(bytesOf(value));
        return [bytesOf(entry.get(1)?.[0]).toString('utf8'), decodeValues(schema, item, entry.get(2) ?? [])];
      }),
    );
  }
  const value = values.at(-1);
  if (shape.kind === 'object') return decodeMessage(schema, shape.type, bytesOf(value));
  return decodeScalar(shape.scalar, value);
}

function decodeScalar(scalar: string, value: WireValue | undefined): unknown {
  switch (scalar) {
    case 'boolean':
      return numberOf(value) !== 0;
    case 'int32':
    case 'int64':
      return numberOf(value);
    case 'double':
      return bytesOf(value).length === 8 ? bytesOf(value).readDoubleLE() : 0;
    case 'byte':
      return bytesOf(value).toString('base64');
    case 'time':
    case 'microTime':
      return time(bytesOf(value));
    case 'intOrString':
      return intOrString(bytesOf(value));
    case 'quantity':
      return bytesOf(fieldsOf(bytesOf(value)).get(1)?.[0]).toString('utf8');
    case 'any':
      return undefined;
    default:
      return bytesOf(value).toString('utf8');
  }
}

/** metav1.Time: seconds and nanoseconds since 1970; Go's zero time is the absence of one. */
function time(bytes: Buffer): string | undefined {
  const fields = fieldsOf(bytes);
  const seconds = numberOf(fields.get(1)?.[0]);
  const nanoseconds = numberOf(fields.get(2)?.[0]);
  if (seconds <= 0) return undefined;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(nanoseconds).padStart(9, '0')}Z`;
}

/** intstr.IntOrString: type (0 a number, 1 a string), the number, the string. */
function intOrString(bytes: Buffer): number | string {
  const fields = fieldsOf(bytes);
  if (numberOf(fields.get(1)?.[0]) === 1) return bytesOf(fields.get(3)?.[0]).toString('utf8');
  return numberOf(fields.get(2)?.[0]);
}

/** Repeated numbers may come packed into one field. */
function unpack(item: Shape, value: WireValue): WireValue[] {
  if (item.kind !== 'scalar' || !item.scalar.startsWith('int') || !Buffer.isBuffer(value)) return [value];
  if (item.scalar === 'intOrString') return [value];
  const numbers: WireValue[] = [];
  for (let at = 0; at < value.length; ) {
    const next = readVarint(value, at);
    numbers.push(next.value);
    at = next.end;
  }
  return numbers;
}

function bytesOf(value: WireValue | undefined): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

function numberOf(value: WireValue | undefined): number {
  return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;
}
