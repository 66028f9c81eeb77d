import { familyOf } from '../../lib/ip.ts';
import type { V1Endpoint, V1EndpointSlice, V1Service, Wire } from '../../lib/kube/types.ts';
import { dashed, reverseName } from './names.ts';
import type { ZoneRecord } from './record.ts';

export type Service = Wire<V1Service>;
export type EndpointSlice = Wire<V1EndpointSlice>;
type Endpoint = Wire<V1Endpoint>;

/** The weights of the SRV records of one answer add up to this, as in CoreDNS. */
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
  const own = clusterIP === 'None' ? headlessRecords(name, endpoints) : virtualRecords(service, name);
  return unique([...own, ...endpoints.flatMap(endpointRecords)]);
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
    ...srvRecords(
      name,
      ports.map((port) => ({ ...port, target: name })),
    ),
  ];
}

function headlessRecords(name: string, targets: readonly Target[]): ZoneRecord[] {
  return [
    ...targets.map(({ address }) => addressRecord(name, address)),
    ...srvRecords(
      name,
      targets.flatMap(({ hostname, ports }) => ports.map((port) => ({ ...port, target: hostname }))),
    ),
  ];
}

/** An endpoint's own name: forwards, backwards, and its ports. */
function endpointRecords({ hostname, address, ports }: Target): ZoneRecord[] {
  return [
    addressRecord(hostname, address),
    { type: 'PTR', name: reverseName(address), data: hostname },
    ...srvAt(
      hostname,
      ports.map((port) => ({ ...port, target: hostname })),
    ),
  ];
}

interface Offer {
  name?: string;
  protocol?: string;
  port?: number;
  target: string;
}

/** SRV below `_port._proto`, and all together at the Service's own name as CoreDNS has it. */
function srvRecords(name: string, offers: readonly Offer[]): ZoneRecord[] {
  const byPort = new Map<string, Offer[]>();
  for (const offer of offers) {
    if (!offer.name) continue;
    const label = `_${offer.name}._${(offer.protocol ?? 'TCP').toLowerCase()}.${name}`;
    byPort.set(label, [...(byPort.get(label) ?? []), offer]);
  }
  return [...srvAt(name, offers), ...[...byPort].flatMap(([label, same]) => srvAt(label, same))];
}

function srvAt(name: string, offers: readonly Offer[]): ZoneRecord[] {
  const weight = Math.max(1, Math.floor(fullWeight / Math.max(1, offers.length)));
  return offers.flatMap(({ port, target }): ZoneRecord[] =>
    port === undefined ? [] : [{ type: 'SRV', name, data: { priority: 0, weight, port, target } }],
  );
}

function addressRecord(name: string, address: string): ZoneRecord {
  return { type: familyOf(address) === 'IPv6' ? 'AAAA' : 'A', name, data: address };
}

/** The same endpoint may stand in several slices: while it moves, or for several ports. */
function unique(records: readonly ZoneRecord[]): ZoneRecord[] {
  const seen = new Map(records.map((record) => [JSON.stringify(record), record]));
  return [...seen.values()];
}
