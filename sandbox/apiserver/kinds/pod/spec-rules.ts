import { validateAddress } from '../../validation/addresses.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { invalid, notSupported } from '../../validation/field-error.ts';
import { labelValue, qualifiedName, validateLabelName, validateLabels } from '../../validation/labels.ts';
import type { NameRule } from '../../validation/names.ts';
import { dnsLabel, dnsSubdomain } from '../../validation/names.ts';
import { validateRange } from '../../validation/numbers.ts';
import { validateContainers, validateInitContainers } from './container-rules.ts';
import { validateDnsConfig } from './dns-rules.ts';
import type { PodSpec, Toleration } from './object.ts';
import { validateSecurityContext } from './security-rules.ts';
import { validateVolumes } from './volume-rules.ts';

/** All rules of a pod spec in Kubernetes' order (core/validation ValidatePodSpec); `path` is `spec` or `spec.template.spec`. */
export function validatePodSpec(spec: PodSpec, path: string): FieldError[] {
  const { errors, names } = validateVolumes(spec.volumes ?? [], `${path}.volumes`);
  const { activeDeadlineSeconds: deadline, restartPolicy = '', dnsPolicy = '' } = spec;
  return [
    ...errors,
    ...validateContainers(spec, names, path),
    ...validateInitContainers(spec, names, path),
    ...hostNetworkErrors(spec, path),
    ...oneOf(restartPolicy, restartPolicies, `${path}.restartPolicy`),
    ...oneOf(dnsPolicy, dnsPolicies, `${path}.dnsPolicy`),
    ...validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    ...validateSecurityContext(spec, `${path}.securityContext`),
    ...validateDnsConfig(spec, `${path}.dnsConfig`),
    ...gateErrors(spec, path),
    ...named(spec.serviceAccountName, dnsSubdomain, `${path}.serviceAccountName`),
    ...named(spec.nodeName, dnsSubdomain, `${path}.nodeName`),
    ...(deadline === undefined
      ? []
      : validateRange(deadline, 1, 2_147_483_647, `${path}.activeDeadlineSeconds`)),
    ...named(spec.hostname, dnsLabel, `${path}.hostname`),
    ...named(spec.subdomain, dnsLabel, `${path}.subdomain`),
    ...(spec.tolerations ?? []).flatMap((entry, index) =>
      tolerationErrors(entry, `${path}.tolerations[${index}]`),
    ),
    ...aliasErrors(spec, `${path}.hostAliases`),
    ...named(spec.priorityClassName, dnsSubdomain, `${path}.priorityClassName`),
  ];
}

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

function oneOf(value: string, values: readonly string[], field: string): FieldError[] {
  return values.includes(value) ? [] : [notSupported(field, value, values)];
}

function named(name: string | undefined, rule: NameRule, field: string): FieldError[] {
  return (name ? rule(name) : []).map((reason) => invalid(field, name, reason));
}

function hostNetworkErrors({ hostNetwork, containers = [] }: PodSpec, path: string): FieldError[] {
  if (!hostNetwork) return [];
  return containers.flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort, containerPort }, i) => {
      // A template may leave it open: its pods get it.
      if (hostPort === undefined || hostPort === containerPort) return [];
      const reason = 'must match `containerPort` when `hostNetwork` is true';
      return [invalid(`${path}.containers[${index}].ports[${i}].hostPort`, hostPort, reason)];
    }),
  );
}

function gateErrors({ readinessGates = [], schedulingGates = [] }: PodSpec, path: string): FieldError[] {
  const check = (name: string, field: string) =>
    qualifiedName(name).map((reason) => invalid(field, name, reason));
  return [
    ...readinessGates.flatMap(({ conditionType }, index) =>
      check(conditionType, `${path}.readinessGates[${index}].conditionType`),
    ),
    ...schedulingGates.flatMap(({ name = '' }, index) => check(name, `${path}.schedulingGates[${index}]`)),
  ];
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function tolerationErrors(toleration: Toleration, field: string): FieldError[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const errors = key === '' ? [] : validateLabelName(key, `${field}.key`);
  if (key === '' && operator !== 'Exists') {
    const reason = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalid(`${field}.operator`, operator, reason));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.push(
      invalid(`${field}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
    );
  }
  errors.push(...operatorErrors(operator, value, `${field}.operator`));
  return effect === '' ? errors : [...errors, ...oneOf(effect, effects, `${field}.effect`)];
}

function operatorErrors(operator: string, value: string, field: string): FieldError[] {
  if (operator === 'Exists') {
    return value === '' ? [] : [invalid(field, value, "value must be empty when `operator` is 'Exists'")];
  }
  if (operator !== '' && operator !== 'Equal') {
    const known =
      operator === 'Lt' || operator === 'Gt' ? ['Equal', 'Exists', 'Lt', 'Gt'] : ['Equal', 'Exists'];
    return [notSupported(field, operator, known)];
  }
  const reasons = labelValue(value);
  return reasons.length === 0 ? [] : [invalid(field, value, reasons.join(';'))];
}

function aliasErrors({ hostAliases = [] }: PodSpec, list: string): FieldError[] {
  return hostAliases.flatMap(({ ip, hostnames = [] }, index) => [
    ...validateAddress(ip ?? '', `${list}[${index}].ip`),
    ...hostnames.flatMap((name, i) => named(name, dnsSubdomain, `${list}[${index}].hostnames[${i}]`)),
  ]);
}
