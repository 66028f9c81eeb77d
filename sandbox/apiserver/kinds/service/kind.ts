import { dns1035Label } from '../../validation/names.ts';
import { validateObjectMeta } from '../../validation/object-meta.ts';
import { defineKind } from '../define.ts';
import { allocateService } from './allocation.ts';
import { serviceColumns } from './columns.ts';
import { setServiceDefaults } from './defaults.ts';
import type { ServiceObject } from './object.ts';
import { validateServiceStatus } from './status.ts';
import { serviceWarnings } from './warnings.ts';

export const service = defineKind<ServiceObject>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  model: 'V1Service',
  subresources: ['status', 'proxy'],
  columns: serviceColumns,
  selectable: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
  hasGeneration: false,
  validateName: dns1035Label,
  setDefaults: setServiceDefaults,
  prepareForCreate(object) {
    object.status = { loadBalancer: {} };
  },
  prepareForUpdate(object, old) {
    object.status = structuredClone(old.status);
  },
  prepareForStatusUpdate(object, old) {
    object.spec = structuredClone(old.spec);
  },
  validate: (object, context) =>
    hasBadMetadata(object) ? allocateService(structuredClone(object), undefined, context) : [],
  validateStatusUpdate: validateServiceStatus,
  allocate: allocateService,
  warnings: ({ spec }) => serviceWarnings(spec),
});

/**
 * The rules of the spec run with the allocation, which the generic path does not get to when the metadata is bad
 * already; the one who made both mistakes shall hear of both.
 */
function hasBadMetadata({ metadata }: ServiceObject): boolean {
  return validateObjectMeta(metadata, { namespaced: true, nameRule: dns1035Label }).length > 0;
}
