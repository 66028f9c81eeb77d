import { addressWarnings, cidrWarnings } from '../../validation/address-warnings.ts';
import type { ServiceSpec } from './object.ts';

/** What a Service says in vain (pkg/api/service GetWarningsForService). */
export function serviceWarnings(spec: ServiceSpec): string[] {
  const warnings = each(
    spec.clusterIPs?.filter((address) => address !== 'None'),
    'clusterIPs',
    addressWarnings,
  );
  if (spec.type === 'ClusterIP' && spec.clusterIP === 'None') warnings.push(...headlessWarnings(spec));
  warnings.push(
    ...each(spec.externalIPs, 'externalIPs', addressWarnings),
    ...addressWarnings(spec.loadBalancerIP, 'spec.loadBalancerIP'),
    ...each(spec.loadBalancerSourceRanges, 'loadBalancerSourceRanges', cidrWarnings),
  );
  if (spec.type === 'ExternalName' && spec.externalIPs?.length) {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (spec.type !== 'ExternalName' && spec.externalName) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (spec.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}

type Check = (value: string, field: string) => string[];

function each(values: readonly string[] | undefined, list: string, check: Check): string[] {
  return (values ?? []).flatMap((value, index) => check(value, `spec.${list}[${index}]`));
}

function headlessWarnings(spec: ServiceSpec): string[] {
  const ignored = [
    ...(spec.loadBalancerIP ? ['loadBalancerIP'] : []),
    ...(spec.externalIPs?.length ? ['externalIPs'] : []),
    ...(spec.sessionAffinity === 'None' ? [] : ['SessionAffinity']),
  ];
  return ignored.map((field) => `spec.${field} is ignored for headless services`);
}
