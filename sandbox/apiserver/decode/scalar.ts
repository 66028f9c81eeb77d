import type { Scalar } from '../schema/schema.ts';

/** A value of the wrong type; `goType` is what should have been there, in Go's words. */
export class Mismatch extends Error {
  readonly value: unknown;
  readonly goType: string;

  constructor(value: unknown, goType: string) {
    super(`cannot unmarshal ${describe(value)} into ${goType}`);
    this.value = value;
    this.goType = goType;
  }
}

/** Checks one scalar and brings it into canonical form. Throws Mismatch, or Error with the decoder's own sentence. */
export function decodeScalar(scalar: Scalar, value: unknown, goType: string | undefined): unknown {
  switch (scalar) {
    case 'any':
      return value;
    case 'string':
      return expect(typeof value === 'string', value, goType ?? 'string');
    case 'boolean':
      return expect(typeof value === 'boolean', value, 'bool');
    case 'double':
      return expect(typeof value === 'number', value, 'float64');
    case 'int32':
      return expect(isInteger(value, 2 ** 31), value, 'int32');
    case 'int64':
      return expect(isInteger(value, 2 ** 63), value, 'int64');
    case 'intOrString':
      return expect(typeof value === 'string' || isInteger(value, 2 ** 31), value, 'int32');
    case 'quantity':
      return quantity(value);
    case 'byte':
      return base64(expect(typeof value === 'string', value, '[]uint8'));
    case 'time':
      return time(expect(typeof value === 'string', value, 'string'), 0);
    case 'microTime':
      return time(expect(typeof value === 'string', value, 'string'), 6);
  }
}

/** `string`, `number 1.5`, `bool`, `object`, `array`, as Go calls a JSON value. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number')
    return Number.isInteger(value) && isInteger(value, 2 ** 31) ? 'number' : `number ${value}`;
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function expect<T>(ok: boolean, value: T, goType: string): T {
  if (!ok) throw new Mismatch(value, goType);
  return value;
}

function isInteger(value: unknown, limit: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit;
}

const quantityPattern = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;

/** k8s.io/apimachinery/pkg/api/resource: ParseQuantity. */
function quantity(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !quantityPattern.test(text)) {
    throw new Error(`quantities must match the regular expression '${quantityPattern.source}'`);
  }
  return text;
}

function base64(value: unknown): string {
  const text = String(value).replace(/[\r\n]/g, '');
  const body = text.replace(/={0,2}$/, '');
  const bad = body.search(/[^A-Za-z0-9+/]/);
  if (bad >= 0) throw new Error(`illegal base64 data at input byte ${bad}`);
  if (text.length % 4 !== 0)
    throw new Error(`illegal base64 data at input byte ${text.length - (text.length % 4)}`);
  return text;
}

const timePattern = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/** RFC 3339 in UTC with `digits` decimals, as metav1.Time and MicroTime are written. */
function time(value: unknown, digits: number): string {
  const text = String(value);
  const [, day, clock, fraction = '', zone] = timePattern.exec(text) ?? [];
  const milliseconds = Date.parse(`${day}T${clock}${zone}`);
  if (Number.isNaN(milliseconds)) {
    const layout = `2006-01-02T15:04:05${digits > 0 ? '.000000' : ''}Z07:00`;
    throw new Error(
      `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(text)} as "2006"`,
    );
  }
  const whole = new Date(milliseconds).toISOString().slice(0, 19);
  return digits === 0 ? `${whole}Z` : `${whole}.${fraction.padEnd(digits, '0').slice(0, digits)}Z`;
}
