import type { FieldError } from './field-error.ts';
import { invalid } from './field-error.ts';
import { longerThan } from './names.ts';

/** Refuses numbers below 0; a missing one counts as 0. */
export function validateNonnegative(value: number | undefined, field: string): FieldError[] {
  return (value ?? 0) < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

/** Refuses what is no port, 1 to 65535. */
export function validatePortNumber(port: number, field: string): FieldError[] {
  return validateRange(port, 1, 65535, field);
}

/** Refuses what is not within `low` and `high`, both included. */
export function validateRange(value: number, low: number, high: number, field: string): FieldError[] {
  const inside = value >= low && value <= high;
  return inside ? [] : [invalid(field, value, `must be between ${low} and ${high}, inclusive`)];
}

/** The reasons against an IANA service name (RFC 6335 section 5.1), as named container ports are. */
export function portNameReasons(name: string): string[] {
  const reasons = longerThan(name, 15);
  if (!/^[-a-z0-9]+$/.test(name)) {
    reasons.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(name)) reasons.push('must contain at least one letter (a-z)');
  if (name.includes('--')) reasons.push('must not contain consecutive hyphens');
  if (/^-|-$/.test(name)) reasons.push('must not begin or end with a hyphen');
  return reasons;
}

/** A targetPort: a port's number, or the name of a container's port. */
export function validatePortNumberOrName(port: number | string, field: string): FieldError[] {
  if (typeof port === 'number') return validatePortNumber(port, field);
  return portNameReasons(port).map((reason) => invalid(field, port, reason));
}

/** `5` or `25%`, as in a rollout's limits. */
export function validateCountOrPercent(value: number | string, field: string): FieldError[] {
  if (typeof value === 'number') return validateNonnegative(value, field);
  if (/^[0-9]+%$/.test(value)) return [];
  const rule =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return [invalid(field, value, rule)];
}
