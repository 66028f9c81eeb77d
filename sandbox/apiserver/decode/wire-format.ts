/** A field's value on the wire: a number, or bytes whose meaning the type says. */
export type WireValue = bigint | Buffer;

/**
 * The fields of one protobuf message by number, repeated ones in order (protobuf.dev/programming-guides/encoding).
 * Throws Error when the bytes end too early or hold an unknown wire type.
 */
export function fieldsOf(bytes: Buffer): Map<number, WireValue[]> {
  const fields = new Map<number, WireValue[]>();
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    const { value, end } = readValue(bytes, tag.end, Number(tag.value & 7n));
    const number = Number(tag.value >> 3n);
    fields.set(number, [...(fields.get(number) ?? []), value]);
    at = end;
  }
  return fields;
}

/** Seven bits a byte, the lowest first. Throws Error behind the end, and after ten bytes. */
export function readVarint(bytes: Buffer, start: number): { value: bigint; end: number } {
  let value = 0n;
  for (let at = start; at < start + 10; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw new Error('unexpected EOF');
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new Error('proto: integer overflow');
}

function readValue(bytes: Buffer, at: number, wireType: number): { value: WireValue; end: number } {
  if (wireType === 0) return readVarint(bytes, at);
  if (wireType === 1) return slice(bytes, at, 8);
  if (wireType === 5) return slice(bytes, at, 4);
  if (wireType !== 2) throw new Error(`proto: illegal wireType ${wireType}`);
  const length = readVarint(bytes, at);
  return slice(bytes, length.end, Number(length.value));
}

function slice(bytes: Buffer, at: number, length: number): { value: Buffer; end: number } {
  if (at + length > bytes.length) throw new Error('unexpected EOF');
  return { value: bytes.subarray(at, at + length), end: at + length };
}
