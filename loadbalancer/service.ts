import type { Metadata, V1Service, Wire } from '../lib/kube/types.ts';

/** A Service as the API sends it. */
export type Service = Wire<V1Service> & { metadata?: Metadata & { creationTimestamp?: string } };

/** The addresses that a Service shows to the world. */
export function addressesOf(service: Service): string[] {
  return (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
}
