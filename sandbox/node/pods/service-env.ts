import type { V1Service, Wire } from '../../../lib/kube/types.ts';

/** The cluster's own Service is told to the pods of every namespace. */
const mainService = { namespace: 'default', name: 'kubernetes' };

/**
 * The environment variables that tell a pod of `namespace` which Services there are: those of its own namespace, unless
 * `links` (enableServiceLinks) is false, and default/kubernetes. As in upstream pkg/kubelet/envvars and
 * Kubelet.getServiceEnvVarMap.
 */
export function serviceEnvironment(
  services: readonly Wire<V1Service>[],
  namespace: string,
  links: boolean,
): Record<string, string> {
  const chosen = new Map<string, Wire<V1Service>>();
  for (const service of services) {
    const { name = '', namespace: home } = service.metadata ?? {};
    const isMain = home === mainService.namespace && name === mainService.name;
    if (isMain && !chosen.has(name)) chosen.set(name, service);
    if (links && home === namespace) chosen.set(name, service);
  }
  const sorted = [...chosen.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.assign({}, ...sorted.map(([, service]) => variablesOf(service)));
}

/** The variables of one Service; none when it has no cluster IP. */
export function variablesOf(service: Wire<V1Service>): Record<string, string> {
  const address = service.spec?.clusterIP;
  const ports = service.spec?.ports ?? [];
  const [first] = ports;
  if (!address || address === 'None' || !first) return {};
  const prefix = variableName(service.metadata?.name ?? '');
  const variables: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: address,
    [`${prefix}_SERVICE_PORT`]: String(first.port),
  };
  for (const { name, port } of ports) {
    if (name) variables[`${prefix}_SERVICE_PORT_${variableName(name)}`] = String(port);
  }
  variables[`${prefix}_PORT`] = urlOf(address, first);
  for (const port of ports) {
    const protocol = port.protocol ?? 'TCP';
    const link = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`;
    variables[link] = urlOf(address, port);
    variables[`${link}_PROTO`] = protocol.toLowerCase();
    variables[`${link}_PORT`] = String(port.port);
    variables[`${link}_ADDR`] = address;
  }
  return variables;
}

function variableName(text: string): string {
  return text.replaceAll('-', '_').toUpperCase();
}

function urlOf(address: string, { port, protocol = 'TCP' }: { port: number; protocol?: string }): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${protocol.toLowerCase()}://${host}:${port}`;
}
