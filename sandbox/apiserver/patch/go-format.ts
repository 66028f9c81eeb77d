import { isRecord } from '../decode/object.ts';

/** A value as Go's `%v` prints it: `map[image:x name:a]`, `[a b]`. */
export function goFormat(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goFormat).join(' ')}]`;
  if (!isRecord(value)) return value === null ? '<nil>' : String(value);
  const keys = Object.keys(value).toSorted();
  return `map[${keys.map((key) => `${key}:${goFormat(value[key])}`).join(' ')}]`;
}
