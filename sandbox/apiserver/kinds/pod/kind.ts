import { semanticEqual } from '../../validation/equal.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { forbidden, invalid } from '../../validation/field-error.ts';
import { defineKind } from '../define.ts';
import { admitPod, admitPodUpdate } from './admission.ts';
import { podColumns } from './columns.ts';
import { setPodDefaults } from './defaults.ts';
import type { PodObject, PodSpec, PodStatus } from './object.ts';
import { isFinished } from './object.ts';
import { validatePodSpec } from './spec-rules.ts';
import { validatePodStatus, validatePodUpdate } from './update-rules.ts';
import { podWarnings } from './warnings.ts';

export const pod = defineKind<PodObject>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  model: 'V1Pod',
  subresources: ['status', 'log', 'exec', 'attach', 'portforward', 'binding', 'eviction', 'proxy'],
  columns: podColumns,
  selectable: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase ?? '',
    'status.podIP': ({ status }) => status.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
  },
  hasGeneration: true,
  changesGeneration: (object, old) => !semanticEqual(object.spec, old.spec),
  setDefaults(object) {
    setPodDefaults(object);
    alignAddresses(object.status);
  },
  prepareForCreate: admitPod,
  prepareForUpdate(object, old) {
    admitPodUpdate(object, old);
    object.status = structuredClone(old.status);
  },
  prepareForStatusUpdate(object, old) {
    object.spec = structuredClone(old.spec);
    if (old.metadata.ownerReferences) {
      object.metadata.ownerReferences = structuredClone(old.metadata.ownerReferences);
    }
    if (old.status.qosClass) object.status.qosClass ??= old.status.qosClass;
  },
  validate: ({ spec }) => [...validatePodSpec(spec, 'spec'), ...imagePadding(spec), ...gateErrors(spec)],
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatus,
  // Pods are seldom changed by people: only a new one is worth a word.
  warnings: ({ spec }, old) => (old ? [] : podWarnings(spec, 'spec')),
  gracePeriodSeconds: gracePeriod,
});

/** Templates are older than this rule: there a blank is still taken (core/validation validateContainersOnlyForPod). */
function imagePadding(spec: PodSpec): FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).flatMap(({ image = '' }, index) => {
      const reason = 'must not have leading or trailing whitespace';
      return image.trim() === image ? [] : [invalid(`spec.${list}[${index}].image`, image, reason)];
    }),
  );
}

function gateErrors({ nodeName, schedulingGates = [] }: PodSpec): FieldError[] {
  if (!nodeName || schedulingGates.length === 0) return [];
  return [forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')];
}

/** `podIP` speaks for `podIPs`, which newer clients read (conversion of core/v1 PodStatus). */
function alignAddresses(status: PodStatus): void {
  const [first] = status.podIPs ?? [];
  if (status.podIP && first?.ip !== status.podIP) status.podIPs = [{ ip: status.podIP }];
  else if (!status.podIP && first?.ip) status.podIP = first.ip;
}

/** Nothing runs in a pod that no node has, or that ended: it goes at once (registry/core/pod CheckGracefulDelete). */
function gracePeriod({ spec, status }: PodObject): number {
  if (!spec.nodeName || isFinished(status)) return 0;
  return spec.terminationGracePeriodSeconds ?? 30;
}
