import type { FieldError } from './field-error.ts';
import { invalid, tooLong } from './field-error.ts';
import type { NameRule } from './names.ts';
import { dnsSubdomain, longerThan, regexReason, whole } from './names.ts';

const key = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const value = `(${key})?`;
const keyRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** A label key or any other qualified name: `name` or `prefix/name`. */
export const qualifiedName: NameRule = (text) => {
  const parts = text.split('/');
  const keyReason = regexReason(keyRule, key, 'MyName', 'my.name', '123-abc');
  if (parts.length > 2) {
    return [
      `a valid label key ${keyReason} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts[parts.length - 1] ?? '';
  const reasons = parts.length === 2 ? prefixReasons(parts[0] ?? '') : [];
  if (name === '') reasons.push('name part must be non-empty');
  else reasons.push(...longerThan(name, 63).map((reason) => `name part ${reason}`));
  if (!whole(key).test(name)) reasons.push(`name part ${keyReason}`);
  return reasons;
};

function prefixReasons(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return dnsSubdomain(prefix).map((reason) => `prefix part ${reason}`);
}

/** The reasons against a label's value: it is empty, or a word of at most 63 characters (upstream: IsValidLabelValue). */
export const labelValue: NameRule = (text) => {
  const reasons = longerThan(text, 63);
  if (whole(value).test(text)) return reasons;
  const rule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`;
  return [...reasons, regexReason(rule, value, 'MyValue', 'my_value', '12345')];
};

/** What is wrong with the names and values of labels (upstream: ValidateLabels). */
export function validateLabels(labels: Record<string, string> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([name, text]) => [
    ...validateLabelName(name, field),
    ...labelValue(text).map((reason) => invalid(field, text, reason)),
  ]);
}

/** What is wrong with one label's name (upstream: ValidateLabelName). */
export function validateLabelName(name: string, field: string): FieldError[] {
  return qualifiedName(name).map((reason) => invalid(field, name, reason));
}

/** Bytes of all annotations of one object, keys and values together. */
const annotationLimit = 256 * 1024;

/** What is wrong with the names of annotations, and with their size in bytes (upstream: ValidateAnnotations). */
export function validateAnnotations(
  annotations: Record<string, string> | undefined,
  field: string,
): FieldError[] {
  const entries = Object.entries(annotations ?? {});
  const errors = entries.flatMap(([name]) =>
    qualifiedName(name.toLowerCase()).map((reason) => invalid(field, name, reason)),
  );
  const size = entries.reduce(
    (sum, [name, text]) => sum + Buffer.byteLength(name) + Buffer.byteLength(text),
    0,
  );
  return size > annotationLimit ? [...errors, tooLong(field, annotationLimit)] : errors;
}
