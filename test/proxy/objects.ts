import type { KubeObject } from '../../lib/kube/types.ts';

/** Makers of the objects that proxies read, for tests; only what matters is given. */
export interface ServiceSpec {
  name?: string;
  namespace?: string;
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ports?: { name?: string; protocol?: string; port: number; nodePort?: number }[];
  externalIPs?: string[];
  ingress?: { ip?: string; hostname?: string; ipMode?: string }[];
  labels?: Record<string, string>;
  spec?: Record<string, unknown>;
}

export function service(given: ServiceSpec): KubeObject & Record<string, unknown> {
  const clusterIP = given.clusterIP ?? given.clusterIPs?.[0] ?? '172.17.0.80';
  return {
    metadata: {
      namespace: given.namespace ?? 'default',
      name: given.name ?? 'web',
      labels: given.labels ?? {},
    },
    spec: {
      type: given.type ?? 'ClusterIP',
      clusterIP,
      clusterIPs: given.clusterIPs ?? [clusterIP],
      ports: given.ports ?? [{ port: 80 }],
      ...(given.externalIPs && { externalIPs: given.externalIPs }),
      ...given.spec,
    },
    status: { loadBalancer: { ...(given.ingress && { ingress: given.ingress }) } },
  };
}

export interface EndpointSpec {
  ip: string;
  node?: string;
  ready?: boolean;
  serving?: boolean;
  terminating?: boolean;
  zones?: string[];
  nodes?: string[];
}

export interface SliceSpec {
  name?: string;
  namespace?: string;
  service?: string;
  family?: string;
  ports?: { name?: string; protocol?: string; port: number }[];
  endpoints: EndpointSpec[];
  annotations?: Record<string, string>;
}

export function slice(given: SliceSpec): KubeObject & Record<string, unknown> {
  const serviceName = given.service ?? 'web';
  return {
    metadata: {
      namespace: given.namespace ?? 'default',
      name: given.name ?? `${serviceName}-1`,
      labels: { 'kubernetes.io/service-name': serviceName },
      ...(given.annotations && { annotations: given.annotations }),
    },
    addressType: given.family ?? 'IPv4',
    ports: (given.ports ?? [{ port: 8080 }]).map((port) => ({ name: '', protocol: 'TCP', ...port })),
    endpoints: given.endpoints.map(({ ip, node, zones, nodes, ready, serving, terminating }) => ({
      addresses: [ip],
      conditions: {
        ready: ready ?? true,
        serving: serving ?? ready ?? true,
        terminating: terminating ?? false,
      },
      ...(node !== undefined && { nodeName: node }),
      ...((zones || nodes) && {
        hints: {
          ...(zones && { forZones: zones.map((name) => ({ name })) }),
          ...(nodes && { forNodes: nodes.map((name) => ({ name })) }),
        },
      }),
    })),
  };
}

export function node(given: {
  name: string;
  addresses: string[];
  podCIDRs?: string[];
  zone?: string;
}): KubeObject {
  const object = {
    metadata: {
      name: given.name,
      labels: given.zone === undefined ? {} : { 'topology.kubernetes.io/zone': given.zone },
    },
    spec: { podCIDRs: given.podCIDRs ?? [] },
    status: { addresses: given.addresses.map((address) => ({ type: 'InternalIP', address })) },
  };
  return object;
}
