import type { V1Deployment, Wire } from '../../../lib/kube/types.ts';
import { semanticEqual } from '../validation/equal.ts';
import type { FieldError } from '../validation/field-error.ts';
import { forbidden, invalid, notSupported } from '../validation/field-error.ts';
import { validateCountOrPercent, validateNonnegative } from '../validation/numbers.ts';
import { ageColumn, nameColumn, textColumn } from './column.ts';
import { defineKind } from './define.ts';
import type { StoredObject } from './kind.ts';
import { setPodSpecDefaults } from './pod/defaults.ts';
import { templateColumns } from './pod/template-columns.ts';
import { validateSelectorAndTemplate, validateSelectorUpdate } from './pod/template-rules.ts';
import { podWarnings } from './pod/warnings.ts';
import { dropZero } from './zero.ts';

type Spec = NonNullable<Wire<V1Deployment>['spec']>;

interface DeploymentObject extends StoredObject {
  spec: Spec & { template: { spec: NonNullable<Spec['template']['spec']> } };
  status: NonNullable<Wire<V1Deployment>['status']>;
}

export const deployment = defineKind<DeploymentObject>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  model: 'V1Deployment',
  subresources: ['status', 'scale'],
  columns: [
    nameColumn,
    textColumn(
      'Ready',
      'Number of the pod with ready state',
      ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    textColumn(
      'Up-to-date',
      'Total number of non-terminating pods targeted by this deployment that have the desired template spec.',
      ({ status }) => status.updatedReplicas ?? 0,
    ),
    textColumn(
      'Available',
      'Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.',
      ({ status }) => status.availableReplicas ?? 0,
    ),
    ageColumn,
    ...templateColumns<DeploymentObject>(
      'Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment.',
    ),
  ],
  selectable: {},
  hasGeneration: true,
  // Annotations count too: they are copied to the ReplicaSets.
  changesGeneration: (object, old) =>
    !semanticEqual(object.spec, old.spec) ||
    !semanticEqual(object.metadata.annotations, old.metadata.annotations),
  setDefaults,
  prepareForCreate(object) {
    object.status = {};
  },
  prepareForUpdate(object, old) {
    object.status = structuredClone(old.status);
  },
  prepareForStatusUpdate(object, old) {
    object.spec = structuredClone(old.spec);
    if (old.metadata.labels) object.metadata.labels = { ...old.metadata.labels };
    else delete object.metadata.labels;
  },
  validate: ({ spec }) => validateSpec(spec),
  validateUpdate: ({ spec }, old) => [
    ...validateSpec(spec),
    ...validateSelectorUpdate(spec.selector, old.spec.selector),
  ],
  validateStatusUpdate: ({ status }) => validateStatus(status),
  warnings: ({ spec, metadata }, old) =>
    old && old.metadata.generation === metadata.generation
      ? []
      : podWarnings(spec.template.spec, 'spec.template.spec'),
});

/** A quarter of the pods may be missing or too many during a rollout. */
const quarter = '25%';

function setDefaults(object: DeploymentObject): void {
  object.status ??= {};
  object.spec ??= {} as DeploymentObject['spec'];
  const { spec } = object;
  dropZero(spec, 'paused', 'minReadySeconds');
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ||= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate = {
      maxUnavailable: quarter,
      maxSurge: quarter,
      ...spec.strategy.rollingUpdate,
    };
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  spec.template ??= { spec: { containers: [] } };
  spec.template.metadata ??= {};
  spec.template.spec ??= { containers: [] };
  setPodSpecDefaults(spec.template.spec);
}

/** Kubernetes' order (apps/validation ValidateDeploymentSpec). */
function validateSpec(spec: DeploymentObject['spec']): FieldError[] {
  const { progressDeadlineSeconds = 0, minReadySeconds = 0 } = spec;
  const field = 'spec.progressDeadlineSeconds';
  const reason = 'must be greater than minReadySeconds';
  return [
    ...validateNonnegative(spec.replicas, 'spec.replicas'),
    ...validateSelectorAndTemplate(spec.selector, spec.template),
    ...strategyErrors(spec.strategy ?? {}),
    ...validateNonnegative(minReadySeconds, 'spec.minReadySeconds'),
    ...validateNonnegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...validateNonnegative(progressDeadlineSeconds, field),
    ...(progressDeadlineSeconds <= minReadySeconds ? [invalid(field, progressDeadlineSeconds, reason)] : []),
  ];
}

function strategyErrors({ type, rollingUpdate }: NonNullable<Spec['strategy']>): FieldError[] {
  const field = 'spec.strategy.rollingUpdate';
  if (type === 'Recreate') {
    return rollingUpdate ? [forbidden(field, "may not be specified when strategy `type` is 'Recreate'")] : [];
  }
  if (type !== 'RollingUpdate') {
    const shown = { Type: type, RollingUpdate: rollingUpdate ?? null };
    return [notSupported('spec.strategy', shown, ['Recreate', 'RollingUpdate'])];
  }
  const { maxUnavailable = quarter, maxSurge = quarter } = rollingUpdate ?? {};
  const unavailable = `${field}.maxUnavailable`;
  const none =
    Number.parseInt(String(maxUnavailable), 10) === 0 && Number.parseInt(String(maxSurge), 10) === 0;
  const excessive = typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100;
  return [
    ...validateCountOrPercent(maxUnavailable, unavailable),
    ...validateCountOrPercent(maxSurge, `${field}.maxSurge`),
    ...(none ? [invalid(unavailable, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
    ...(excessive ? [invalid(unavailable, maxUnavailable, 'must not be greater than 100%')] : []),
  ];
}

function validateStatus(status: DeploymentObject['status']): FieldError[] {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  const above = (name: keyof typeof status, value: number, limit: number, what: string) =>
    value > limit ? [invalid(`status.${name}`, value, `cannot be greater than ${what}`)] : [];
  return [
    ...validateNonnegative(replicas, 'status.replicas'),
    ...above('updatedReplicas', updatedReplicas, replicas, 'status.replicas'),
    ...above('readyReplicas', readyReplicas, replicas, 'status.replicas'),
    ...above('availableReplicas', availableReplicas, replicas, 'status.replicas'),
    ...above('availableReplicas', availableReplicas, readyReplicas, 'readyReplicas'),
  ];
}
