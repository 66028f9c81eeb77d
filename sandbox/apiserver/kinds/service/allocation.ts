import type { FieldError } from '../../validation/field-error.ts';
import type { KindContext } from '../kind.ts';
import { allocateClusterIP } from './addresses.ts';
import { initIPFamilies } from './ip-families.ts';
import { allocateNodePorts } from './node-ports.ts';
import type { ServiceObject } from './object.ts';
import { isExternalName } from './object.ts';
import { carryOver, dropTypeDependentFields, normalizeClusterIPs } from './type-change.ts';
import { validateService, validateServiceUpdate } from './validation.ts';

/**
 * Kubernetes allocates for a Service before it validates it, and stops at what cannot be allocated; the same order
 * here gives the same message for a manifest with several faults.
 */
export function allocateService(
  service: ServiceObject,
  old: ServiceObject | undefined,
  context: KindContext,
): FieldError[] {
  const { spec } = service;
  if (old) carryOver(spec, old.spec);
  normalizeClusterIPs(spec, old?.spec);
  const refused = initIPFamilies(spec, old?.spec, context);
  if (refused.length > 0) return refused;
  const errors = needsAddress(service, old) ? allocateClusterIP(spec, context) : [];
  if (errors.length > 0) return errors;
  const portErrors = allocateNodePorts(spec, old?.spec, context);
  if (portErrors.length > 0) return portErrors;
  const faults = old ? faultsOfUpdate(service, old) : validateService(spec, undefined);
  // Kubernetes once defaulted this field for every type and drops it now wherever it says nothing.
  if (isExternalName(spec)) delete spec.internalTrafficPolicy;
  return faults;
}

function faultsOfUpdate(service: ServiceObject, old: ServiceObject): FieldError[] {
  dropTypeDependentFields(service, old);
  return validateServiceUpdate(service, old);
}

function needsAddress({ spec }: ServiceObject, old: ServiceObject | undefined): boolean {
  if (!old) return true;
  return isExternalName(old.spec) && !isExternalName(spec);
}
