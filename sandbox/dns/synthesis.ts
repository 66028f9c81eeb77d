import { familyOf } from '../../lib/ip.ts';
import type { V1Endpoint, V1EndpointSlice, V1Service, Wire } from '../../lib/kube/types.ts';
import { dashed, reverseName } from './names.ts';
import type { ZoneRecord } from './record.ts';

export type Service = Wire<V1Service>;
export type EndpointSlice = Wire<V1EndpointSlice>;
type Endpoint = Wire<V1Endpoint>;

/** CoreDNS' weight of an SRV record; endpoints share it. */
const fullWeight = 100;

/**
 * All records of one Service (kubernetes/dns docs/specification.md, version 1.1). Pure.
 * `zone` is the cluster domain, for example `cluster.local`.
 */
export function serviceRecords(
  service: Service,
  slices: readonly EndpointSlice[],
  zone: string,
): ZoneRecord[] {
  const { name: serviceName = '', namespace = '' } = service.metadata ?? {};
  const name = `${serviceName}.${namespace}.svc.${zone}`;
  const { type, externalName, clusterIP } = service.spec ?? {};
  if (type === 'ExternalName') {
    return externalName ? [{ type: 'CNAME', name, data: externalName.toLowerCase().replace(/\.$/, '') }] : [];
  }
  const endpoints = slices.flatMap((slice) => endpointsOf(slice, name));
  const headless = clusterIP === 'None';
  return unique([
    ...(headless ? headlessRecords(name, endpoints) : virtualRecords(service, name)),
    ...endpoints.flatMap(({ hostname, address }) => [
      addressRecord(hostname, address),
      { type: 'PTR' as const, name: reverseName(address), data: hostname },
    ]),
  ]);
}

interface Target {
  hostname: string;
  address: string;
  ports: { name?: string; protocol?: string; port?: number }[];
}

/** Ready endpoints, each with the name it has: its hostname, or its address as a label. */
function endpointsOf(slice: EndpointSlice, serviceName: string): Target[] {
  return (slice.endpoints ?? []).filter(isReady).flatMap((endpoint) =>
    endpoint.addresses
      .filter((address) => familyOf(address) !== undefined)
      .map((address) => ({
        hostname: `${(endpoint.hostname ?? dashed(address)).toLowerCase()}.${serviceName}`,
        address,
        ports: slice.ports ?? [],
      })),
  );
}

/** An absent condition counts as ready (discovery/v1, EndpointConditions). */
function isReady(endpoint: Endpoint): boolean {
  return endpoint.conditions?.ready !== false;
}

function virtualRecords(service: Service, name: string): ZoneRecord[] {
  const { clusterIP, clusterIPs = clusterIP ? [clusterIP] : [], ports = [] } = service.spec ?? {};
  const addresses = clusterIPs.filter((address) => familyOf(address) !== undefined);
  if (addresses.length === 0) return [];
  return [
    ...addresses.flatMap((address): ZoneRecord[] => [
      addressRecord(name, address),
      { type: 'PTR', name: reverseName(address), data: name },
    ]),
    ...ports.flatMap((port) => serviceRecordsOf(name, name, port, fullWeight)),
  ];
}

function headlessRecords(name: string, targets: readonly Target[]): ZoneRecord[] {
  const weight = Math.max(1, Math.floor(fullWeight / Math.max(1, targets.length)));
  return targets.flatMap(({ hostname, address, ports }) => [
    addressRecord(name, address),
    ...ports.flatMap((port) => serviceRecordsOf(name, hostname, port, weight)),
  ]);
}

/** SRV below `_port._proto`, and at the Service's own name as CoreDNS has it; unnamed ports only the latter. */
function serviceRecordsOf(
  name: string,
  target: string,
  { name: portName, protocol = 'TCP', port }: { name?: string; protocol?: string; port?: number },
  weight: number,
): ZoneRecord[] {
  if (port === undefined) return [];
  const data = { priority: 0, weight, port, target };
  const own: ZoneRecord = { type: 'SRV', name, data };
  if (!portName) return [own];
  return [own, { type: 'SRV', name: `_${portName}._${protocol.toLowerCase()}.${name}`, data }];
}

function addressRecord(name: string, address: string): ZoneRecord {
  return { type: familyOf(address) === 'IPv6' ? 'AAAA' : 'A', name, data: address };
}

/** The same endpoint may stand in several slices: while it moves, or for several ports. */
function unique(records: readonly ZoneRecord[]): ZoneRecord[] {
  const seen = new Map(records.map((record) => [JSON.stringify(record), record]));
  return [...seen.values()];
}
