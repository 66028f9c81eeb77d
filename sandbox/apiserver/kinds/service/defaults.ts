import { dropZero } from '../zero.ts';
import type { ServiceObject, ServiceSpec } from './object.ts';
import { hasNodePorts, isExternallyAccessible } from './object.ts';

/** Three hours: how long a client stays with its endpoint. */
const affinitySeconds = 10_800;

/** Kubernetes' own defaults (pkg/apis/core/v1/defaults.go SetDefaults_Service). */
export function setServiceDefaults(service: ServiceObject): void {
  service.spec ??= {};
  service.status ??= {};
  service.status.loadBalancer ??= {};
  const { spec } = service;
  spec.type ||= 'ClusterIP';
  setAffinity(spec);
  setPorts(spec);
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type === 'ClusterIP' || hasNodePorts(spec)) spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') {
    spec.allocateLoadBalancerNodePorts ??= true;
    for (const ingress of service.status.loadBalancer.ingress ?? []) {
      if (ingress.ip) ingress.ipMode ??= 'VIP';
    }
  }
}

function setAffinity(spec: ServiceSpec): void {
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity !== 'ClientIP') return;
  if (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds !== undefined) return;
  spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: affinitySeconds } };
}

function setPorts(spec: ServiceSpec): void {
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    port.port ??= 0;
    port.targetPort ||= port.port;
    dropZero(port, 'nodePort', 'name');
  }
  dropZero(spec, 'ports', 'clusterIP', 'clusterIPs', 'healthCheckNodePort', 'publishNotReadyAddresses');
  dropZero(spec, 'externalName', 'externalTrafficPolicy', 'loadBalancerIP');
}
