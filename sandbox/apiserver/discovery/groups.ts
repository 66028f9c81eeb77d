import type { Registry } from '../registry.ts';
import { type ApiResource, resourcesOf } from './resources.ts';

/** All resources of one group; each group has one version here. */
export interface ApiGroup {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly ApiResource[];
}

const review = {
  singularName: '',
  namespaced: false,
  version: 'v1',
  verbs: ['create'],
  shortNames: [],
  categories: [],
};

/** Groups that keep nothing: they answer questions about the one who asks. */
const reviews: readonly ApiResource[] = [
  {
    ...review,
    name: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
    group: 'authentication.k8s.io',
    singularName: 'selfsubjectreview',
  },
  {
    ...review,
    name: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
    group: 'authorization.k8s.io',
    singularName: 'selfsubjectaccessreview',
  },
];

/** The groups of a server: the core group first, the others by name. */
export function groupsOf(registry: Registry): ApiGroup[] {
  const byGroup = new Map<string, ApiResource[]>();
  for (const kind of registry.all) {
    byGroup.set(kind.group, [...(byGroup.get(kind.group) ?? []), ...resourcesOf(kind)]);
  }
  for (const resource of reviews)
    byGroup.set(resource.group, [...(byGroup.get(resource.group) ?? []), resource]);
  return [...byGroup]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, resources]) => ({
      group,
      version: 'v1',
      resources: resources.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    }));
}
