import { ageColumn, nameColumn } from './column.ts';
import { defineKind } from './define.ts';
import type { StoredObject } from './kind.ts';

interface ServiceAccountObject extends StoredObject {
  secrets?: { name?: string; namespace?: string }[];
}

export const serviceAccount = defineKind<ServiceAccountObject>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  categories: [],
  namespaced: true,
  model: 'V1ServiceAccount',
  subresources: ['token'],
  columns: [nameColumn, ageColumn],
  selectable: {},
  hasGeneration: false,
  prepareForCreate: keepSecretNames,
  prepareForUpdate: keepSecretNames,
});

/** Of a reference to a Secret only the name counts: the namespace is the account's own. */
function keepSecretNames(object: ServiceAccountObject): void {
  if (object.secrets) object.secrets = object.secrets.map(({ name }) => (name ? { name } : {}));
}
