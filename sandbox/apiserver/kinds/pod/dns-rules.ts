import { validateAddress } from '../../validation/addresses.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { invalid, required } from '../../validation/field-error.ts';
import { regexReason, whole } from '../../validation/names.ts';
import type { PodSpec } from './object.ts';

/** `dnsConfig`, which a pod of policy None must bring (core/validation validatePodDNSConfig). */
export function validateDnsConfig({ dnsPolicy, dnsConfig }: PodSpec, field: string): FieldError[] {
  const nameservers = dnsConfig?.nameservers ?? [];
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (nameservers.length === 0) {
      const reason = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      return [required(`${field}.nameservers`, reason)];
    }
  }
  const list = `${field}.nameservers`;
  return [
    ...(nameservers.length > 3 ? [invalid(list, nameservers, 'must not have more than 3 nameservers')] : []),
    ...nameservers.flatMap((address, index) => validateAddress(address, `${list}[${index}]`)),
    ...(dnsConfig?.searches ?? []).flatMap((search, index) =>
      searchErrors(search, `${field}.searches[${index}]`),
    ),
    ...(dnsConfig?.options ?? []).flatMap(({ name }, index) =>
      name ? [] : [required(`${field}.options[${index}]`, 'must not be empty')],
    ),
  ];
}

const label = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const domain = `${label}(\\.${label})*`;

/** A search path may have underscores (KEP-4427), and may be the root. */
function searchErrors(search: string, field: string): FieldError[] {
  const name = search.replace(/\.$/, '');
  if (search === '.' || whole(domain).test(name)) return [];
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
  return [invalid(field, name, regexReason(rule, domain, 'example.com'))];
}
