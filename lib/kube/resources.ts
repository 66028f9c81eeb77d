/** Where a kind of object lives in the API. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
}

const core = (plural: string, kind: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
});

const grouped = (group: string, plural: string, kind: string, namespaced = true): Resource => ({
  group,
  version: 'v1',
  plural,
  kind,
  namespaced,
});

/** The kinds that the workshop's own programs read or write. */
export const resources = {
  namespaces: core('namespaces', 'Namespace', false),
  nodes: core('nodes', 'Node', false),
  pods: core('pods', 'Pod'),
  services: core('services', 'Service'),
  endpoints: core('endpoints', 'Endpoints'),
  configMaps: core('configmaps', 'ConfigMap'),
  secrets: core('secrets', 'Secret'),
  serviceAccounts: core('serviceaccounts', 'ServiceAccount'),
  events: core('events', 'Event'),
  endpointSlices: grouped('discovery.k8s.io', 'endpointslices', 'EndpointSlice'),
  deployments: grouped('apps', 'deployments', 'Deployment'),
  replicaSets: grouped('apps', 'replicasets', 'ReplicaSet'),
  leases: grouped('coordination.k8s.io', 'leases', 'Lease'),
} as const satisfies Record<string, Resource>;

/** `v1` or `apps/v1`. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** The URL path of a collection, or of one object when `name` is given. Names are escaped. */
export function pathOf(
  resource: Resource,
  at: { namespace?: string | undefined; name?: string | undefined; subresource?: string | undefined } = {},
): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${apiVersionOf(resource)}`;
  const scope = resource.namespaced && at.namespace ? `/namespaces/${encodeURIComponent(at.namespace)}` : '';
  const object = at.name === undefined ? '' : `/${encodeURIComponent(at.name)}`;
  const part = at.subresource === undefined ? '' : `/${at.subresource}`;
  return `${root}${scope}/${resource.plural}${object}${part}`;
}
