import type { V1Lease, Wire } from '../../../lib/kube/types.ts';
import type { FieldError } from '../validation/field-error.ts';
import { invalid } from '../validation/field-error.ts';
import { ageColumn, nameColumn, textColumn } from './column.ts';
import { defineKind } from './define.ts';
import type { StoredObject } from './kind.ts';

interface LeaseObject extends StoredObject {
  spec: NonNullable<Wire<V1Lease>['spec']>;
}

export const lease = defineKind<LeaseObject>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  shortNames: [],
  categories: [],
  namespaced: true,
  model: 'V1Lease',
  subresources: [],
  columns: [
    nameColumn,
    textColumn(
      'Holder',
      'holderIdentity contains the identity of the holder of a current lease. If Coordinated Leader Election is used, the holder identity must be equal to the elected LeaseCandidate.metadata.name field.',
      ({ spec }) => spec.holderIdentity ?? '',
    ),
    ageColumn,
  ],
  selectable: {},
  hasGeneration: false,
  setDefaults(object) {
    object.spec ??= {};
  },
  prepareForCreate: ({ spec }) => dropCoordinated(spec),
  prepareForUpdate: ({ spec }) => dropCoordinated(spec),
  validate: ({ spec }) => validateSpec(spec),
  validateUpdate: ({ spec }) => validateSpec(spec),
});

/** Fields of coordinated leader election, which is off in Kubernetes by default. */
function dropCoordinated(spec: LeaseObject['spec']): void {
  delete spec.strategy;
  delete spec.preferredHolder;
}

function validateSpec({ leaseDurationSeconds, leaseTransitions }: LeaseObject['spec']): FieldError[] {
  const errors: FieldError[] = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    errors.push(invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
  }
  return errors;
}
