import type { Family } from '../../lib/ip.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** What the proxy keeps of a Service: the fields that rules depend on, both address families together. */
export interface ServiceRecord {
  readonly namespace: string;
  readonly name: string;
  readonly clusterIPs: readonly string[];
  readonly externalIPs: readonly string[];
  /** `status.loadBalancer.ingress[].ip`, those with ipMode VIP. */
  readonly vips: readonly string[];
  /** CIDRs that may reach the VIPs; empty means all. */
  readonly sourceRanges: readonly string[];
  readonly ports: readonly ServicePortRecord[];
  /** `timeoutSeconds` of session affinity ClientIP; undefined without affinity. */
  readonly affinitySeconds: number | undefined;
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** 0: none. */
  readonly healthCheckNodePort: number;
}

export interface ServicePortRecord {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** 0: none. */
  readonly nodePort: number;
}

/** What the proxy keeps of an EndpointSlice. */
export interface SliceRecord {
  readonly namespace: string;
  readonly name: string;
  /** Name of the Service it belongs to, in the same namespace. */
  readonly service: string;
  readonly family: Family;
  readonly ports: readonly SlicePortRecord[];
  readonly endpoints: readonly EndpointRecord[];
  /** When the change behind this version of the slice happened (milliseconds since 1970), if the slice says so. */
  readonly triggeredAt: number | undefined;
}

export interface SlicePortRecord {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
}

export interface EndpointRecord {
  readonly address: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly node: string | undefined;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

/** What the proxy keeps of its own Node. */
export interface NodeRecord {
  readonly name: string;
  /** InternalIP addresses in the Node's order; the first of a family is the primary one. */
  readonly addresses: readonly string[];
  readonly podCIDRs: readonly string[];
  readonly zone: string;
  /** It is being deleted, or the autoscaler is about to: load balancers should go elsewhere. */
  readonly leaving: boolean;
}
