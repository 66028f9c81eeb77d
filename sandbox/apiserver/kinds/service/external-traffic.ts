import { validateCidr } from '../../validation/addresses.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { forbidden, invalid, notSupported } from '../../validation/field-error.ts';
import { validatePortNumber } from '../../validation/numbers.ts';
import type { ServiceSpec } from './object.ts';
import { isExternallyAccessible, needsHealthCheckPort } from './object.ts';

const policies = ['Cluster', 'Local'];

/** `externalTrafficPolicy` and `healthCheckNodePort` (core/validation validateServiceExternalTrafficPolicy). */
export function validateExternalTraffic(spec: ServiceSpec): FieldError[] {
  const { externalTrafficPolicy: policy, healthCheckNodePort: port } = spec;
  const errors: FieldError[] = [];
  if (policy && !isExternallyAccessible(spec)) {
    const reason = 'may only be set for externally-accessible services';
    errors.push(invalid('spec.externalTrafficPolicy', policy, reason));
  } else if (policy && !policies.includes(policy)) {
    errors.push(notSupported('spec.externalTrafficPolicy', policy, policies));
  }
  if (port === undefined) return errors;
  if (needsHealthCheckPort(spec)) return [...errors, ...validatePortNumber(port, 'spec.healthCheckNodePort')];
  const reason = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  return [...errors, invalid('spec.healthCheckNodePort', port, reason)];
}

/** Kubernetes itself spells this field with a capital letter in its messages. */
export function validateSourceRanges(spec: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  const field = 'spec.LoadBalancerSourceRanges';
  const { loadBalancerSourceRanges: ranges = [] } = spec;
  if (ranges.length === 0) return [];
  const existing = (old?.loadBalancerSourceRanges ?? []).map((range) => range.trim());
  const errors = ranges.flatMap((range, index) => validateCidr(range.trim(), `${field}[${index}]`, existing));
  if (spec.type === 'LoadBalancer') return errors;
  return [forbidden(field, "may only be used when `type` is 'LoadBalancer'"), ...errors];
}
