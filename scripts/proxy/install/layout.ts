/** Where things lie on a node. */
export const files = {
  program: '/usr/local/lib/workshop-proxy/proxy.mjs',
  config: '/etc/workshop-proxy/config.yaml',
  kubeconfig: '/etc/workshop-proxy/kubeconfig',
  unit: '/etc/systemd/system/workshop-proxy.service',
} as const;

export const unitName = 'workshop-proxy.service';
