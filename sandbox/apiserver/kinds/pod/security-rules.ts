import type { FieldError } from '../../validation/field-error.ts';
import { duplicate, invalid, required } from '../../validation/field-error.ts';
import { validateRange } from '../../validation/numbers.ts';
import type { PodSpec } from './object.ts';

const largestId = 2_147_483_647;

/** Users, groups and sysctls of a whole pod (core/validation validatePodSpecSecurityContext). */
export function validateSecurityContext(spec: PodSpec, field: string): FieldError[] {
  const { securityContext = {}, shareProcessNamespace, hostPID } = spec;
  const ids = (['fsGroup', 'runAsUser', 'runAsGroup'] as const).flatMap((name) => {
    const id = securityContext[name];
    return id === undefined ? [] : validateRange(id, 0, largestId, `${field}.${name}`);
  });
  const groups = (securityContext.supplementalGroups ?? []).flatMap((id, index) =>
    validateRange(id, 0, largestId, `${field}.supplementalGroups[${index}]`),
  );
  const reason = 'ShareProcessNamespace and HostPID cannot both be enabled';
  const shared =
    shareProcessNamespace && hostPID ? [invalid(`${field}.shareProcessNamespace`, true, reason)] : [];
  return [...ids, ...groups, ...shared, ...sysctlErrors(spec, `${field}.sysctls`)];
}

/** A pod on the node's own network must not change the node's settings. */
function sysctlErrors({ securityContext = {}, hostNetwork }: PodSpec, list: string): FieldError[] {
  const { sysctls = [] } = securityContext;
  return sysctls.flatMap(({ name }, index) => {
    const field = `${list}[${index}].name`;
    if (!name) return [required(field)];
    const again = sysctls.slice(0, index).some((other) => other.name === name);
    const host = hostNetwork && /^net[./]/.test(name);
    return [
      ...(again ? [duplicate(field, name)] : []),
      ...(host ? [invalid(field, name, "may not be specified when 'hostNetwork' is true")] : []),
    ];
  });
}
