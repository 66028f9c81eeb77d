import type { User } from './user.ts';

/** Some verbs on some resources; `subresource` as `pods/binding`. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
  /** Only objects of this name. */
  readonly name?: string;
  readonly namespace?: string;
}

const read = ['get', 'list', 'watch'];
const events: Rule = { verbs: ['create', 'patch', 'update'], resources: ['events', 'events.events.k8s.io'] };

/** Groups that may do everything. */
export const superusers: ReadonlySet<string> = new Set(['system:masters', 'kubeadm:cluster-admins']);

/** What everyone may ask about himself (Kubernetes: system:basic-user). */
const basic: Rule = {
  verbs: ['create'],
  resources: ['selfsubjectaccessreviews.authorization.k8s.io', 'selfsubjectreviews.authentication.k8s.io'],
};

/**
 * What a user may do: the bootstrap policy of Kubernetes (plugin/pkg/auth/authorizer/rbac/bootstrappolicy) for the users
 * of this workshop, and for nodes what the node authorizer allows them.
 */
export function rulesFor(user: User): readonly Rule[] {
  const node = user.groups.includes('system:nodes') ? nodeRules(user) : [];
  return [
    ...(user.groups.includes('system:authenticated') ? [basic] : []),
    ...(byName[user.name] ?? []),
    ...node,
  ];
}

const leases = 'leases.coordination.k8s.io';

const byName: Readonly<Record<string, readonly Rule[]>> = {
  'system:kube-proxy': [
    { verbs: ['list', 'watch'], resources: ['services', 'endpoints', 'endpointslices.discovery.k8s.io'] },
    { verbs: read, resources: ['nodes'] },
    events,
  ],
  // As loadbalancer/rbac.yaml has it for other clusters.
  'workshop:loadbalancer': [
    { verbs: ['list', 'watch'], resources: ['services'] },
    { verbs: ['patch'], resources: ['services/status'] },
    { verbs: ['get'], resources: ['nodes'] },
    { verbs: ['create'], resources: [leases], namespace: 'kube-system' },
    {
      verbs: ['get', 'update'],
      resources: [leases],
      namespace: 'kube-system',
      name: 'workshop-loadbalancer',
    },
    events,
  ],
  'system:dns': [
    {
      verbs: ['list', 'watch'],
      resources: ['services', 'endpoints', 'pods', 'namespaces', 'endpointslices.discovery.k8s.io'],
    },
    { verbs: ['get'], resources: ['nodes'] },
  ],
  'system:kube-scheduler': [
    { verbs: read, resources: ['nodes', 'pods', 'namespaces', 'services', 'replicasets.apps'] },
    { verbs: ['delete'], resources: ['pods'] },
    { verbs: ['create'], resources: ['pods/binding', 'bindings'] },
    { verbs: ['patch', 'update'], resources: ['pods/status'] },
    {
      verbs: ['create', 'get', 'update', 'list', 'watch'],
      resources: ['leases.coordination.k8s.io'],
      namespace: 'kube-system',
    },
    events,
  ],
};

function nodeRules(user: User): Rule[] {
  const name = user.name.replace(/^system:node:/, '');
  return [
    {
      verbs: read,
      resources: ['services', 'nodes', 'pods', 'configmaps', 'secrets', 'serviceaccounts', 'namespaces'],
    },
    { verbs: ['create'], resources: ['nodes', 'serviceaccounts/token'] },
    { verbs: ['update', 'patch'], resources: ['nodes', 'nodes/status'], name },
    { verbs: ['create', 'delete'], resources: ['pods'] },
    { verbs: ['update', 'patch'], resources: ['pods/status'] },
    { verbs: ['create'], resources: ['pods/eviction'] },
    {
      verbs: ['get', 'create', 'update', 'patch', 'delete'],
      resources: ['leases.coordination.k8s.io'],
      namespace: 'kube-node-lease',
    },
    events,
  ];
}
