import type {
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
  V1ReplicaSet,
  V1Service,
  Wire,
} from '../../lib/kube/types.ts';

export type Meta = Wire<V1ObjectMeta>;
export type OwnerReference = Wire<V1OwnerReference>;
export type Pod = Wire<V1Pod>;
export type Node = Wire<V1Node>;
export type Service = Wire<V1Service>;
export type Namespace = Wire<V1Namespace>;
export type Lease = Wire<V1Lease>;
export type Deployment = Wire<V1Deployment>;
export type ReplicaSet = Wire<V1ReplicaSet>;
export type Endpoints = Wire<V1Endpoints>;
export type EndpointSubset = Wire<V1EndpointSubset>;
export type EndpointAddress = Wire<V1EndpointAddress>;
export type EndpointSlice = Wire<V1EndpointSlice>;
export type Endpoint = Wire<V1Endpoint>;

/** Any object, with all the metadata that controllers look at. */
export interface AnyObject {
  apiVersion?: string;
  kind?: string;
  metadata?: Meta;
}

/** The metadata of an object; empty when it has none, so that its fields can be read without a question. */
export function metaOf(object: AnyObject): Meta {
  return object.metadata ?? {};
}

/** The name; empty only for an object that was never stored. */
export function nameOf(object: AnyObject): string {
  return object.metadata?.name ?? '';
}

/** The namespace; empty for kinds without one. */
export function namespaceOf(object: AnyObject): string {
  return object.metadata?.namespace ?? '';
}

/** The uid, which no later object of the same name has. */
export function uidOf(object: AnyObject): string {
  return object.metadata?.uid ?? '';
}

/** True once the object is to go, though finalizers or a grace period keep it. */
export function isDeleting(object: AnyObject): boolean {
  return object.metadata?.deletionTimestamp !== undefined;
}

/** Splits an informer's key into namespace and name; the namespace is empty for kinds without one. */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, Math.max(0, slash)), name: key.slice(slash + 1) };
}

/** When the object was made, in milliseconds since 1970. */
export function createdAt(object: AnyObject): number {
  return Date.parse(object.metadata?.creationTimestamp ?? '') || 0;
}
