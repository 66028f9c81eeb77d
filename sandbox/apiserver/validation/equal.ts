import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from './field-error.ts';
import { invalid } from './field-error.ts';

/** Equal as Kubernetes' `Semantic.DeepEqual`: an empty list or map is the same as none at all. */
export function semanticEqual(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(withoutEmpty(a), withoutEmpty(b));
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const entries = Object.entries(value).flatMap(([key, entry]) => {
    const kept = withoutEmpty(entry);
    return kept === undefined ? [] : [[key, kept]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Refuses a value that differs from the old one (upstream: ValidateImmutableField). */
export function validateImmutable(value: unknown, old: unknown, field: string): FieldError[] {
  return semanticEqual(value, old) ? [] : [invalid(field, value, 'field is immutable')];
}
