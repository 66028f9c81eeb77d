import { dns1035Label } from '../../validation/names.ts';
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
  validateStatusUpdate: validateServiceStatus,
  allocate: allocateService,
  warnings: ({ spec }) => serviceWarnings(spec),
});
