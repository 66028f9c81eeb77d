import { validateAddress, validateEndpointAddress } from '../../validation/addresses.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { forbidden, invalid, notSupported, required } from '../../validation/field-error.ts';
import { qualifiedName, validateLabels } from '../../validation/labels.ts';
import { dnsSubdomain } from '../../validation/names.ts';
import { validateClusterIPs, validateClusterIPsUpdate, validateFamiliesUpdate } from './cluster-ips.ts';
import { validateExternalTraffic, validateSourceRanges } from './external-traffic.ts';
import type { ServiceObject, ServiceSpec } from './object.ts';
import { isHeadless, needsHealthCheckPort } from './object.ts';
import { validatePorts, validatePortUniqueness } from './ports.ts';

/** All rules of a Service's spec, in Kubernetes' order (core/validation validateService). */
export function validateService(spec: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  return [
    ...typeErrors(spec),
    ...validatePorts(spec),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...affinityErrors(spec),
    ...validateClusterIPs(spec, old),
    ...externalIPErrors(spec, old),
    ...oneOf('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...validatePortUniqueness(spec),
    ...validateSourceRanges(spec, old),
    ...loadBalancerErrors(spec),
    ...validateExternalTraffic(spec),
    ...oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']),
    ...oneOf('spec.trafficDistribution', spec.trafficDistribution, [
      'PreferClose',
      'PreferSameZone',
      'PreferSameNode',
    ]),
  ];
}

/** What an update may not change (upstream: ValidateServiceUpdate). */
export function validateServiceUpdate({ spec }: ServiceObject, { spec: old }: ServiceObject): FieldError[] {
  const errors = [...validateClusterIPsUpdate(spec, old), ...validateFamiliesUpdate(spec, old)];
  const bothBalanced = spec.type === 'LoadBalancer' && old.type === 'LoadBalancer';
  if (bothBalanced && spec.loadBalancerClass !== old.loadBalancerClass) {
    errors.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set'));
  }
  const bothChecked = needsHealthCheckPort(spec) && needsHealthCheckPort(old);
  if (bothChecked && spec.healthCheckNodePort !== old.healthCheckNodePort) {
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'));
  }
  return [...errors, ...validateService(spec, old)];
}

function oneOf(field: string, value: string | undefined, values: readonly string[]): FieldError[] {
  return value === undefined || values.includes(value) ? [] : [notSupported(field, value, values)];
}

function typeErrors(spec: ServiceSpec): FieldError[] {
  const headless = isHeadless(spec);
  const portless = (spec.ports ?? []).length === 0 && !headless && spec.type !== 'ExternalName';
  const errors = portless ? [required('spec.ports')] : [];
  if (headless && (spec.type === 'LoadBalancer' || spec.type === 'NodePort')) {
    const reason = `may not be set to 'None' for ${spec.type} services`;
    errors.push(invalid('spec.clusterIPs[0]', 'None', reason));
  }
  return spec.type === 'ExternalName' ? [...errors, ...externalNameErrors(spec)] : errors;
}

function externalNameErrors(spec: ServiceSpec): FieldError[] {
  const unused = (['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const).filter(
    (field) => (spec[field] ?? '').length > 0,
  );
  const errors = unused.map((field) =>
    forbidden(`spec.${field}`, 'may not be set for ExternalName services'),
  );
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') return [...errors, required('spec.externalName')];
  return [...errors, ...dnsSubdomain(name).map((reason) => invalid('spec.externalName', name, reason))];
}

/** One day. */
const longestAffinity = 86_400;

function affinityErrors(spec: ServiceSpec): FieldError[] {
  if (spec.sessionAffinity === 'None') return [];
  if (spec.sessionAffinity !== 'ClientIP') {
    return oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']);
  }
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
  if (seconds > 0 && seconds <= longestAffinity) return [];
  const reason = `must be greater than 0 and less than ${longestAffinity}`;
  return [invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, reason)];
}

function externalIPErrors(spec: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  return (spec.externalIPs ?? []).flatMap((address, index) => {
    const field = `spec.externalIPs[${index}]`;
    const errors = validateAddress(address, field, old?.externalIPs ?? []);
    return errors.length > 0 ? errors : validateEndpointAddress(address, field);
  });
}

function loadBalancerErrors(spec: ServiceSpec): FieldError[] {
  const only = "may only be used when `type` is 'LoadBalancer'";
  if (spec.type === 'LoadBalancer') {
    const name = spec.loadBalancerClass;
    if (name === undefined) return [];
    return qualifiedName(name).map((reason) => invalid('spec.loadBalancerClass', name, reason));
  }
  return (['allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const).flatMap((field) =>
    spec[field] === undefined ? [] : [forbidden(`spec.${field}`, only)],
  );
}
