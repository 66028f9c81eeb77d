/** The documents' manifests that stand side by side, in the order of the documents (see manifests/README.md). */
export const defaultSet: readonly string[] = [
  'hostname-deployment',
  'hostname-service-clusterip',
  'hostname-service-nodeport',
  'hostname-service-loadbalancer',
  'my-nginx',
  'my-service',
  'redis-master',
  'backend-service',
  'mysql-service',
  'nginx-service',
];
