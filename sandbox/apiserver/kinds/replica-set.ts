import type { V1ReplicaSet, Wire } from '../../../lib/kube/types.ts';
import { semanticEqual } from '../validation/equal.ts';
import type { FieldError } from '../validation/field-error.ts';
import { invalid } from '../validation/field-error.ts';
import { validateNonnegative } from '../validation/numbers.ts';
import { ageColumn, nameColumn, textColumn } from './column.ts';
import { defineKind } from './define.ts';
import type { StoredObject } from './kind.ts';
import { setPodSpecDefaults } from './pod/defaults.ts';
import { templateColumns } from './pod/template-columns.ts';
import { validateSelectorAndTemplate, validateSelectorUpdate } from './pod/template-rules.ts';
import { podWarnings } from './pod/warnings.ts';
import { dropZero } from './zero.ts';

type Spec = NonNullable<Wire<V1ReplicaSet>['spec']>;

interface ReplicaSetObject extends StoredObject {
  spec: Spec & { template: { spec: NonNullable<NonNullable<Spec['template']>['spec']> } };
  status: NonNullable<Wire<V1ReplicaSet>['status']>;
}

const integer = { type: 'integer' } as const;

export const replicaSet = defineKind<ReplicaSetObject>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  model: 'V1ReplicaSet',
  subresources: ['status', 'scale'],
  columns: [
    nameColumn,
    textColumn(
      'Desired',
      'Replicas is the number of desired pods. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset',
      ({ spec }) => spec.replicas ?? 0,
      integer,
    ),
    textColumn(
      'Current',
      'Replicas is the most recently observed number of non-terminating pods. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset',
      ({ status }) => status.replicas,
      integer,
    ),
    textColumn(
      'Ready',
      'The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.',
      ({ status }) => status.readyReplicas ?? 0,
      integer,
    ),
    ageColumn,
    ...templateColumns<ReplicaSetObject>(
      'Selector is a label query over pods that should match the replica count. If the selector is empty, it is defaulted to the labels present on the pod template. Label keys and values that must match in order to be controlled by this replica set. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
    ),
  ],
  selectable: { 'status.replicas': ({ status }) => String(status.replicas) },
  hasGeneration: true,
  changesGeneration: (object, old) => !semanticEqual(object.spec, old.spec),
  setDefaults(object) {
    object.status ??= { replicas: 0 };
    object.status.replicas ??= 0;
    object.spec ??= {} as ReplicaSetObject['spec'];
    dropZero(object.spec, 'minReadySeconds');
    object.spec.replicas ??= 1;
    object.spec.template ??= { spec: { containers: [] } };
    object.spec.template.metadata ??= {};
    object.spec.template.spec ??= { containers: [] };
    setPodSpecDefaults(object.spec.template.spec);
  },
  prepareForCreate(object) {
    object.status = { replicas: 0 };
  },
  prepareForUpdate(object, old) {
    object.status = structuredClone(old.status);
  },
  prepareForStatusUpdate(object, old) {
    object.spec = structuredClone(old.spec);
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

function validateSpec(spec: ReplicaSetObject['spec']): FieldError[] {
  return [
    ...validateNonnegative(spec.replicas, 'spec.replicas'),
    ...validateNonnegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateSelectorAndTemplate(spec.selector, spec.template),
  ];
}

function validateStatus(status: ReplicaSetObject['status']): FieldError[] {
  const { replicas, fullyLabeledReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  const above = (name: keyof typeof status, value: number, limit: number, what: string) =>
    value > limit ? [invalid(`status.${name}`, value, `cannot be greater than ${what}`)] : [];
  return [
    ...validateNonnegative(replicas, 'status.replicas'),
    ...above('fullyLabeledReplicas', fullyLabeledReplicas, replicas, 'status.replicas'),
    ...above('readyReplicas', readyReplicas, replicas, 'status.replicas'),
    ...above('availableReplicas', availableReplicas, replicas, 'status.replicas'),
    ...above('availableReplicas', availableReplicas, readyReplicas, 'readyReplicas'),
  ];
}
