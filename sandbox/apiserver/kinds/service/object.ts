import type { V1Service, Wire } from '../../../../lib/kube/types.ts';
import type { StoredObject } from '../kind.ts';

type WireService = Wire<V1Service>;

export type ServiceSpec = NonNullable<WireService['spec']>;
export type ServicePort = NonNullable<ServiceSpec['ports']>[number];

export interface ServiceObject extends StoredObject {
  spec: ServiceSpec;
  status: NonNullable<WireService['status']>;
}

/** True for `clusterIP: None`. */
export function isHeadless({ clusterIPs = [] }: ServiceSpec): boolean {
  return clusterIPs.length === 1 && clusterIPs[0] === 'None';
}

/** True for a name instead of addresses: such a Service has neither cluster IP nor endpoints. */
export function isExternalName(spec: ServiceSpec): boolean {
  return spec.type === 'ExternalName';
}

/** NodePort, LoadBalancer, or ClusterIP with external addresses. */
export function isExternallyAccessible(spec: ServiceSpec): boolean {
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') return true;
  return spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0;
}

/** True for load balancers that send to nodes with an endpoint of their own only (externalTrafficPolicy Local). */
export function needsHealthCheckPort(spec: ServiceSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

/** True when every port gets a node port without being asked. */
export function allocatesNodePorts(spec: ServiceSpec): boolean {
  if (spec.type === 'NodePort') return true;
  return spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false;
}

/** True when the Service's ports are to be open on every node. */
export function hasNodePorts(spec: ServiceSpec): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

/** The node ports that the Service has, without those still to be given. */
export function nodePortsOf(spec: ServiceSpec): number[] {
  return (spec.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [nodePort] : []));
}
