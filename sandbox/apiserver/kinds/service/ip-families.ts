import type { Family } from '../../../../lib/ip.ts';
import { parseCidr } from '../../../../lib/ip.ts';
import { semanticEqual } from '../../validation/equal.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { invalid } from '../../validation/field-error.ts';
import type { KindContext } from '../kind.ts';
import { familyOfLoose, validateClusterIPs } from './cluster-ips.ts';
import type { ServiceSpec } from './object.ts';
import { isExternalName } from './object.ts';

/**
 * Fills `ipFamilies` and `ipFamilyPolicy` and refuses what this one-family cluster cannot give
 * (registry/core/service/storage/alloc.go initIPFamilyFields). `old` is undefined on create.
 */
export function initIPFamilies(
  spec: ServiceSpec,
  old: ServiceSpec | undefined,
  { config }: KindContext,
): FieldError[] {
  if (isExternalName(spec) || (old && isUnchangedPreference(spec, old))) return [];
  const selectorless = Object.keys(spec.selector ?? {}).length === 0;
  const openHeadless = spec.clusterIP === 'None' && selectorless;
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (openHeadless ? 'RequireDualStack' : 'SingleStack');
  const errors = validateClusterIPs(spec, old);
  if (errors.length > 0) return errors;
  const own = parseCidr(config.serviceClusterIPRange).family;
  const doubts = [...reductionErrors(spec, old), ...policyErrors(spec), ...inferFamilies(spec, own)];
  if (doubts.length > 0) return doubts;
  if (!openHeadless) return requireOwnFamily(spec, own);
  spec.ipFamilies ??= [own];
  const [first] = spec.ipFamilies;
  if (spec.ipFamilies.length < 2 && spec.ipFamilyPolicy !== 'SingleStack') {
    spec.ipFamilies.push(first === 'IPv4' ? 'IPv6' : 'IPv4');
  }
  return [];
}

function isUnchangedPreference(spec: ServiceSpec, old: ServiceSpec): boolean {
  if (spec.type !== old.type || spec.ipFamilyPolicy !== 'PreferDualStack') return false;
  if (old.ipFamilyPolicy !== undefined && old.ipFamilyPolicy !== 'PreferDualStack') return false;
  return semanticEqual(spec.clusterIPs, old.clusterIPs) && semanticEqual(spec.ipFamilies, old.ipFamilies);
}

/** A second address or family goes only with the policy SingleStack; then it goes by itself. */
function reductionErrors(spec: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  if (!old) return [];
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (spec.clusterIPs && semanticEqual(spec.clusterIPs, old.clusterIPs)) spec.clusterIPs.length = 1;
    if (spec.ipFamilies && semanticEqual(spec.ipFamilies, old.ipFamilies)) spec.ipFamilies.length = 1;
    return [];
  }
  const fewer = (now: string[] | undefined, before: string[] | undefined) =>
    now !== undefined && now.length < (before ?? []).length;
  const refuse = (what: string) =>
    invalid(
      'spec.ipFamilyPolicy',
      spec.ipFamilyPolicy,
      `must be 'SingleStack' to release the secondary ${what}`,
    );
  return [
    ...(fewer(spec.clusterIPs, old.clusterIPs) ? [refuse('cluster IP')] : []),
    ...(fewer(spec.ipFamilies, old.ipFamilies) ? [refuse('IP family')] : []),
  ];
}

function policyErrors(spec: ServiceSpec): FieldError[] {
  if (spec.ipFamilyPolicy !== 'SingleStack') return [];
  const refuse = (what: string) => {
    const reason = `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;
    return invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, reason);
  };
  return [
    ...(spec.clusterIPs?.length === 2 ? [refuse('cluster IPs')] : []),
    ...(spec.ipFamilies?.length === 2 ? [refuse('IP families')] : []),
  ];
}

function inferFamilies(spec: ServiceSpec, own: Family): FieldError[] {
  if (spec.clusterIP === 'None') return [];
  return (spec.clusterIPs ?? []).flatMap((address, index) => {
    const family = familyOfLoose(address);
    if (!family || index < (spec.ipFamilies ?? []).length) return [];
    if (family !== own) {
      const field = `spec.clusterIPs[${index}]`;
      return [invalid(field, spec.clusterIPs, `${family} is not configured on this cluster`)];
    }
    spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    return [];
  });
}

function requireOwnFamily(spec: ServiceSpec, own: Family): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    const reason = 'this cluster is not configured for dual-stack services';
    errors.push(invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, reason));
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    if (family === own) continue;
    errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  }
  if (errors.length === 0 && !spec.ipFamilies?.length) spec.ipFamilies = [own];
  return errors;
}
