import { familyOf } from '../../lib/ip.ts';
import type { V1Endpoint, V1EndpointSlice, V1Node, V1Service, Wire } from '../../lib/kube/types.ts';
import type {
  EndpointRecord,
  NodeRecord,
  Protocol,
  ServicePortRecord,
  ServiceRecord,
  SliceRecord,
} from './records.ts';

/**
 * The narrow form of a Service, or undefined when it has no virtual IP to serve: headless, ExternalName, or not allocated yet.
 * Rules: docs of v1 ServiceSpec; what counts as "local" as in kube-proxy (types that have an external address only).
 */
export function serviceRecord(service: Wire<V1Service>): ServiceRecord | undefined {
  const { metadata = {}, spec = {}, status } = service;
  if (!spec.clusterIP || spec.clusterIP === 'None' || spec.type === 'ExternalName') return undefined;
  const external = spec.type === 'LoadBalancer' || spec.type === 'NodePort' || hasAny(spec.externalIPs);
  const externalLocal = external && spec.externalTrafficPolicy === 'Local';
  const ingress = status?.loadBalancer?.ingress ?? [];
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    clusterIPs: spec.clusterIPs ?? [spec.clusterIP],
    externalIPs: spec.externalIPs ?? [],
    vips:
      spec.type === 'LoadBalancer'
        ? ingress.flatMap(({ ip, ipMode }) => (ip && (ipMode ?? 'VIP') === 'VIP' ? [ip] : []))
        : [],
    sourceRanges: (spec.loadBalancerSourceRanges ?? []).map((range) => range.trim()),
    ports: (spec.ports ?? []).map(servicePort),
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP'
        ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds)
        : undefined,
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal,
    healthCheckNodePort: spec.type === 'LoadBalancer' && externalLocal ? (spec.healthCheckNodePort ?? 0) : 0,
  };
}

const defaultAffinitySeconds = 10_800;

function hasAny(list: readonly unknown[] | undefined): boolean {
  return (list?.length ?? 0) > 0;
}

function servicePort(port: NonNullable<NonNullable<Wire<V1Service>['spec']>['ports']>[number]) {
  return {
    name: port.name ?? '',
    protocol: protocolOf(port.protocol),
    port: port.port,
    nodePort: port.nodePort ?? 0,
  } satisfies ServicePortRecord;
}

function protocolOf(text: string | undefined): Protocol {
  return text === 'UDP' || text === 'SCTP' ? text : 'TCP';
}

/** The narrow form of a slice, or undefined when it belongs to no Service or holds host names (addressType FQDN). */
export function sliceRecord(slice: Wire<V1EndpointSlice>): SliceRecord | undefined {
  const { metadata = {}, addressType } = slice;
  const service = metadata.labels?.['kubernetes.io/service-name'];
  if (!service || (addressType !== 'IPv4' && addressType !== 'IPv6')) return undefined;
  const triggered = metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'];
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    service,
    family: addressType,
    ports: (slice.ports ?? []).flatMap(({ name, port, protocol }) =>
      typeof name === 'string' && port ? [{ name, port, protocol: protocolOf(protocol) }] : [],
    ),
    endpoints: (slice.endpoints ?? []).flatMap((endpoint) => endpointRecord(endpoint, addressType)),
    triggeredAt: triggered === undefined ? undefined : Date.parse(triggered) || undefined,
  };
}

/** Unset conditions: ready and serving mean yes, terminating means no (discovery/v1 EndpointConditions). */
function endpointRecord(endpoint: Wire<V1Endpoint>, family: 'IPv4' | 'IPv6'): EndpointRecord[] {
  const [address] = endpoint.addresses ?? [];
  if (address === undefined || familyOf(address) !== family) return [];
  const { ready, serving, terminating } = endpoint.conditions ?? {};
  return [
    {
      address,
      ready: ready ?? true,
      serving: serving ?? true,
      terminating: terminating ?? false,
      node: endpoint.nodeName,
      zoneHints: endpoint.hints?.forZones?.map(({ name }) => name) ?? none,
      nodeHints: nodeHints(endpoint),
    },
  ];
}

const none: readonly string[] = [];

/** `hints.forNodes` (Kubernetes 1.33) is newer than the client's types. */
function nodeHints(endpoint: Wire<V1Endpoint>): readonly string[] {
  const hints: { forNodes?: { name: string }[] } = endpoint.hints ?? {};
  return hints.forNodes?.map(({ name }) => name) ?? none;
}

/** The narrow form of the proxy's own Node. */
export function nodeRecord(node: Wire<V1Node>): NodeRecord {
  const { metadata = {}, spec = {}, status } = node;
  const internal = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  return {
    name: metadata.name ?? '',
    addresses: internal.map(({ address }) => address),
    podCIDRs: spec.podCIDRs ?? (spec.podCIDR ? [spec.podCIDR] : []),
    zone: metadata.labels?.['topology.kubernetes.io/zone'] ?? '',
    leaving:
      metadata.deletionTimestamp !== undefined ||
      (spec.taints ?? []).some(({ key }) => key === 'ToBeDeletedByClusterAutoscaler'),
  };
}
