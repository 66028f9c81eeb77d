/** The Kubernetes API's own types, for everything else of the workshop. Types alone: importing them costs nothing. */
export type {
  CoreV1Event,
  DiscoveryV1EndpointPort,
  V1ConfigMap,
  V1Container,
  V1ContainerStatus,
  V1Deployment,
  V1Endpoint,
  V1EndpointAddress,
  V1EndpointSlice,
  V1EndpointSubset,
  V1Endpoints,
  V1Lease,
  V1Namespace,
  V1Node,
  V1ObjectMeta,
  V1OwnerReference,
  V1Pod,
  V1PodCondition,
  V1PodSpec,
  V1Probe,
  V1ReplicaSet,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1ServicePort,
} from '@kubernetes/client-node';

/**
 * Any object as the API sends it. Unlike client-node's classes, times are the strings of the wire (RFC 3339):
 * nothing here revives `Date`s.
 */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata?: Metadata;
}

export interface Metadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** `T` with every `Date` of client-node's types as the string that the wire has. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer U)[]
    ? Wire<U>[]
    : T extends object
      ? { [K in keyof T]: Wire<T[K]> }
      : T;

export interface KubeList<T> {
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  items: T[];
}

/** The `Status` object that every failed request answers with. */
export interface Status {
  kind?: 'Status';
  status?: string;
  message?: string;
  reason?: string;
  code?: number;
  details?: {
    name?: string;
    kind?: string;
    causes?: { field?: string; message?: string; reason?: string }[];
    retryAfterSeconds?: number;
  };
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED';
