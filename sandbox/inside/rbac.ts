import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../lib/kube/resources.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { parseYamlStream } from '../../lib/yaml.ts';

/** Kinds that a real API server has and the embedded one does not: that has a fixed table (sandbox/apiserver/auth). */
export const rbacResources = {
  clusterRoles: clusterWide('clusterroles', 'ClusterRole'),
  clusterRoleBindings: clusterWide('clusterrolebindings', 'ClusterRoleBinding'),
  roles: { ...clusterWide('roles', 'Role'), namespaced: true },
  roleBindings: { ...clusterWide('rolebindings', 'RoleBinding'), namespaced: true },
} as const satisfies Record<string, Resource>;

/**
 * What a real API server has to be told before anybody but `system:masters` can work: the administrators' group, which kubeadm
 * binds too; and that node agents may follow all nodes, which the node authorizer forbids kubelets: ours also lay the routes
 * between the nodes' pods, for which other clusters have an agent with such a role (flannel).
 */
export function rbacObjects(): KubeObject[] {
  return [
    binding('kubeadm:cluster-admins', 'cluster-admin', 'kubeadm:cluster-admins'),
    {
      apiVersion: rbac,
      kind: 'ClusterRole',
      metadata: { name: 'workshop:node-routes' },
      rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] }],
    } as KubeObject,
    binding('workshop:node-routes', 'workshop:node-routes', 'system:nodes'),
    ...loadBalancerRoles(),
  ];
}

/** What the load balancer may do (loadbalancer/rbac.yaml). */
export function loadBalancerRoles(): KubeObject[] {
  const file = join(repositoryRoot(), 'loadbalancer', 'rbac.yaml');
  return parseYamlStream(readFileSync(file, 'utf8'), file) as KubeObject[];
}

const group = 'rbac.authorization.k8s.io';
const rbac = `${group}/v1`;

function binding(name: string, role: string, subject: string): KubeObject {
  return {
    apiVersion: rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: group, kind: 'Group', name: subject }],
  } as KubeObject;
}

function clusterWide(plural: string, kind: string): Resource {
  return { group: 'rbac.authorization.k8s.io', version: 'v1', plural, kind, namespaced: false };
}
