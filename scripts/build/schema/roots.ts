/** Types that no kind consists of, but that requests and answers are made of. */
export const roots: readonly { model: string; pkg: string }[] = [
  { model: 'V1PodTemplateSpec', pkg: 'io.k8s.api.core.v1' },
  { model: 'V1ObjectMeta', pkg: 'io.k8s.apimachinery.pkg.apis.meta.v1' },
  { model: 'V1DeleteOptions', pkg: 'io.k8s.apimachinery.pkg.apis.meta.v1' },
  { model: 'V1Binding', pkg: 'io.k8s.api.core.v1' },
  { model: 'V1Scale', pkg: 'io.k8s.api.autoscaling.v1' },
  { model: 'V1Eviction', pkg: 'io.k8s.api.policy.v1' },
  { model: 'AuthenticationV1TokenRequest', pkg: 'io.k8s.api.authentication.v1' },
  { model: 'V1SelfSubjectReview', pkg: 'io.k8s.api.authentication.v1' },
  { model: 'V1SelfSubjectAccessReview', pkg: 'io.k8s.api.authorization.v1' },
];

/** The OpenAPI package of a group's types: `io.k8s.api.discovery.v1` for `discovery.k8s.io`. */
export function packageOf(group: string, version: string): string {
  return `io.k8s.api.${group === '' ? 'core' : group.replace(/\..*$/, '')}.${version}`;
}

/** Types of the machinery that all groups share, wherever they are met first. */
export const metaTypes: ReadonlySet<string> = new Set([
  'V1DeleteOptions',
  'V1FieldSelectorRequirement',
  'V1LabelSelector',
  'V1LabelSelectorRequirement',
  'V1ListMeta',
  'V1ManagedFieldsEntry',
  'V1ObjectMeta',
  'V1OwnerReference',
  'V1Preconditions',
  'V1Condition',
]);
