import { familyOf } from '../../../../lib/ip.ts';
import { validateAddress } from '../../validation/addresses.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { forbidden, invalid, notSupported, required } from '../../validation/field-error.ts';
import { dnsSubdomain } from '../../validation/names.ts';
import type { ServiceObject } from './object.ts';

const path = 'status.loadBalancer.ingress';
const modes = ['Proxy', 'VIP'];

type Ingress = NonNullable<NonNullable<ServiceObject['status']['loadBalancer']>['ingress']>[number];

/** The addresses that a load balancer reports (core/validation ValidateLoadBalancerStatus). */
export function validateServiceStatus({ spec, status }: ServiceObject, old: ServiceObject): FieldError[] {
  const ingress = status.loadBalancer?.ingress ?? [];
  if (spec.type !== 'LoadBalancer' && ingress.length > 0) {
    return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  const existing = (old.status.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
  return ingress.flatMap((entry, index) => ingressErrors(entry, `${path}[${index}]`, existing));
}

function ingressErrors(
  { ip = '', ipMode, hostname }: Ingress,
  field: string,
  existing: readonly string[],
): FieldError[] {
  const errors = ip ? validateAddress(ip, `${field}.ip`, existing) : [];
  if (ipMode === undefined) {
    if (ip) errors.push(required(`${field}.ipMode`, 'must be specified when `ip` is set'));
  } else if (!ip) {
    errors.push(forbidden(`${field}.ipMode`, 'may not be specified when `ip` is not set'));
  } else if (!modes.includes(ipMode)) {
    errors.push(notSupported(`${field}.ipMode`, ipMode, modes));
  }
  if (!hostname) return errors;
  errors.push(...dnsSubdomain(hostname).map((reason) => invalid(`${field}.hostname`, hostname, reason)));
  if (!familyOf(hostname)) return errors;
  return [...errors, invalid(`${field}.hostname`, hostname, 'must be a DNS name, not an IP address')];
}
