import type { Family } from '../../../../lib/ip.ts';
import { familyOf } from '../../../../lib/ip.ts';
import { canonicalAddress, validateAddress } from '../../validation/addresses.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { duplicate, invalid, notSupported, required } from '../../validation/field-error.ts';
import type { ServiceSpec } from './object.ts';
import { isExternalName, isHeadless } from './object.ts';

const all = 'spec.clusterIPs';
const families = ['IPv4', 'IPv6'];

/** Cluster addresses, families and policy against each other (core/validation ValidateServiceClusterIPsRelatedFields). */
export function validateClusterIPs(spec: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  if (isExternalName(spec)) return [];
  const { clusterIPs = [] } = spec;
  const errors = [...pairErrors(spec), ...familyErrors(spec), ...policyErrors(spec)];
  const malformed = clusterIPs.flatMap((address, index) => {
    if (index > 0 || address !== 'None')
      return validateAddress(address, `${all}[${index}]`, old?.clusterIPs ?? []);
    return clusterIPs.length > 1 ? [invalid(all, clusterIPs, "'None' must be the first and only value")] : [];
  });
  errors.push(...malformed);
  if (clusterIPs.length > 2) errors.push(invalid(all, clusterIPs, 'may only hold up to 2 values'));
  if (malformed.length > 0) return errors;
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(familyOfLoose)).size < clusterIPs.length) {
    errors.push(invalid(all, clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  return isHeadless(spec) ? errors : [...errors, ...matchErrors(clusterIPs, spec.ipFamilies ?? [])];
}

/** The family of an address that may have leading zeros, which Kubernetes still lets pass; undefined for anything else. */
export function familyOfLoose(address: string): Family | undefined {
  return familyOf(canonicalAddress(address));
}

function pairErrors({ clusterIP, clusterIPs = [] }: ServiceSpec): FieldError[] {
  if (!clusterIP) {
    return clusterIPs.length === 0
      ? []
      : [invalid(all, clusterIPs, 'must be empty when `clusterIP` is not specified')];
  }
  if (clusterIPs.length === 0) return [required(all)];
  return clusterIPs[0] === clusterIP ? [] : [invalid(all, clusterIPs, 'first value must match `clusterIP`')];
}

function familyErrors({ ipFamilies = [] }: ServiceSpec): FieldError[] {
  return ipFamilies.flatMap((family, index) => [
    ...(families.includes(family) ? [] : [notSupported(`spec.ipFamilies[${index}]`, family, families)]),
    ...(ipFamilies.indexOf(family) < index ? [duplicate(`spec.ipFamilies[${index}]`, family)] : []),
  ]);
}

function policyErrors({ ipFamilyPolicy }: ServiceSpec): FieldError[] {
  const known = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
  if (ipFamilyPolicy === undefined || known.includes(ipFamilyPolicy)) return [];
  return [notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, known)];
}

function matchErrors(clusterIPs: readonly string[], ipFamilies: readonly string[]): FieldError[] {
  return clusterIPs.flatMap((address, index) => {
    const expected = ipFamilies[index];
    if (!expected || familyOfLoose(address) === expected) return [];
    const reason = `expected an ${expected} value as indicated by \`ipFamilies[${index}]\``;
    return [invalid(`${all}[${index}]`, address, reason)];
  });
}

/** The first address stays for a Service's life (core/validation validateUpgradeDowngradeClusterIPs). */
export function validateClusterIPsUpdate(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (isExternalName(spec) || isExternalName(old) || (isHeadless(spec) && isHeadless(old))) return [];
  const [now, before] = [spec.clusterIPs ?? [], old.clusterIPs ?? []];
  if (now.length === before.length) {
    return before.flatMap((address, index) =>
      address === now[index] ? [] : [invalid(`${all}[${index}]`, now, 'may not change once set')],
    );
  }
  if (now.length === 0) return [invalid(`${all}[0]`, undefined, 'primary clusterIP can not be unset')];
  const errors =
    before.length > 0 && now[0] !== before[0] ? [invalid(`${all}[0]`, now, 'may not change once set')] : [];
  if (now.length === 1 && before.length > 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const reason = "must be set to 'SingleStack' when releasing the secondary clusterIP";
    errors.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, reason));
  }
  return errors;
}

/** The first family stays too (validateUpgradeDowngradeIPFamilies). */
export function validateFamiliesUpdate(spec: ServiceSpec, old: ServiceSpec): FieldError[] {
  if (isExternalName(spec) || isExternalName(old) || isHeadless(spec) || isHeadless(old)) return [];
  const [now, before] = [spec.ipFamilies ?? [], old.ipFamilies ?? []];
  if (now.length === before.length) {
    return before.flatMap((family, index) =>
      family === now[index] ? [] : [invalid('spec.ipFamilies[0]', now, 'may not change once set')],
    );
  }
  const changed = now.length > 0 && before.length > 0 && now[0] !== before[0];
  return changed ? [invalid('spec.ipFamilies[0]', spec.clusterIPs, 'may not change once set')] : [];
}
