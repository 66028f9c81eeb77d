import type { V1Namespace, Wire } from '../../../lib/kube/types.ts';
import type { FieldError } from '../validation/field-error.ts';
import { invalid } from '../validation/field-error.ts';
import { dnsLabel } from '../validation/names.ts';
import { ageColumn, nameColumn, textColumn } from './column.ts';
import { defineKind } from './define.ts';
import type { StoredObject } from './kind.ts';

interface NamespaceObject extends StoredObject {
  spec: NonNullable<Wire<V1Namespace>['spec']>;
  status: NonNullable<Wire<V1Namespace>['status']>;
}

export const namespace = defineKind<NamespaceObject>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  categories: [],
  namespaced: false,
  model: 'V1Namespace',
  subresources: ['status', 'finalize'],
  columns: [
    nameColumn,
    textColumn('Status', 'The status of the namespace', ({ status }) => status.phase ?? ''),
    ageColumn,
  ],
  selectable: {
    'status.phase': ({ status }) => status.phase ?? '',
    // Kubernetes takes this name too, and calls it a bug of its own.
    name: ({ metadata }) => metadata.name,
  },
  hasGeneration: false,
  validateName: dnsLabel,
  setDefaults(object) {
    object.spec ??= {};
    object.status ??= {};
    object.status.phase ||= 'Active';
    if (!object.metadata.name) return;
    object.metadata.labels = {
      ...object.metadata.labels,
      'kubernetes.io/metadata.name': object.metadata.name,
    };
  },
  prepareForCreate(object) {
    object.status = { phase: 'Active' };
    const finalizers = object.spec.finalizers ?? [];
    // It stays until the namespace controller has emptied the namespace.
    if (!finalizers.includes('kubernetes')) object.spec.finalizers = [...finalizers, 'kubernetes'];
  },
  prepareForUpdate(object, old) {
    object.spec = structuredClone(old.spec);
    object.status = structuredClone(old.status);
  },
  prepareForStatusUpdate(object, old) {
    object.spec = structuredClone(old.spec);
  },
  validateStatusUpdate: ({ metadata, status }) => phaseErrors(metadata.deletionTimestamp, status.phase),
});

function phaseErrors(deletionTimestamp: string | undefined, phase: string | undefined): FieldError[] {
  const expected = deletionTimestamp ? 'Terminating' : 'Active';
  if (phase === expected) return [];
  const state = deletionTimestamp ? 'not empty' : 'empty';
  return [
    invalid('status.Phase', phase ?? '', `may only be '${expected}' if \`deletionTimestamp\` is ${state}`),
  ];
}
