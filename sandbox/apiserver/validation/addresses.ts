import { familyOf, parseLooseCidr } from '../../../lib/ip.ts';
import type { FieldError } from './field-error.ts';
import { invalid } from './field-error.ts';

/**
 * An address in a field that is older than strict parsing (KEP-4858): leading zeros are still taken.
 * `existing` values were accepted once and stay so.
 */
export function validateAddress(
  address: string,
  field: string,
  existing: readonly string[] = [],
): FieldError[] {
  if (existing.includes(address) || familyOf(canonicalAddress(address))) return [];
  return [invalid(field, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

/** The address without leading zeros in its parts, which older Kubernetes took: `172.17.0.044`. */
export function canonicalAddress(address: string): string {
  return address.replace(/\b0+(?=\d+(\.|$))/g, '');
}

/** Refuses what is no network; those that the object had before (`existing`) pass as they are. */
export function validateCidr(cidr: string, field: string, existing: readonly string[] = []): FieldError[] {
  if (existing.includes(cidr)) return [];
  try {
    parseLooseCidr(cidr);
    return [];
  } catch {
    return [invalid(field, cidr, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
  }
}

/** Endpoint addresses and external IPs must be reachable from elsewhere (core/validation ValidateEndpointIP). */
export function validateEndpointAddress(address: string, field: string): FieldError[] {
  const family = familyOf(canonicalAddress(address));
  if (!family) return [invalid(field, address, 'must be a valid IP address')];
  return specialRanges
    .filter(({ match }) => match.test(address.toLowerCase()))
    .map(({ reason }) => invalid(field, address, reason(address)));
}

const specialRanges: readonly { match: RegExp; reason: (address: string) => string }[] = [
  { match: /^(0\.0\.0\.0|::)$/, reason: (address) => `may not be unspecified (${address})` },
  { match: /^(127\.|::1$)/, reason: () => 'may not be in the loopback range (127.0.0.0/8, ::1/128)' },
  {
    match: /^(169\.254\.|fe[89ab][0-9a-f]:)/,
    reason: () => 'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  },
  {
    match: /^(224\.0\.0\.|ff02:)/,
    reason: () => 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  },
];
