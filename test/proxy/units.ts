import type { Family } from '../../lib/ip.ts';
import { nodeRecord, serviceRecord, sliceRecord } from '../../proxy/model/from-kube.ts';
import { unitsOf } from '../../proxy/model/resolve.ts';
import type { Unit } from '../../proxy/model/unit.ts';
import { type EndpointSpec, node, type ServiceSpec, service, slice } from './objects.ts';

/** The units of one Service with one slice, as node n1 sees them. */
export function unitsFor(given: {
  service?: ServiceSpec;
  endpoints?: EndpointSpec[];
  ports?: { name?: string; protocol?: string; port: number }[];
  family?: Family;
}): Unit[] {
  const family = given.family ?? 'IPv4';
  const record = serviceRecord(service(given.service ?? {}));
  const name = given.service?.name ?? 'web';
  const parts = {
    service: name,
    family,
    endpoints: given.endpoints ?? [],
    ...(given.ports && { ports: given.ports }),
  };
  const part = sliceRecord(slice(parts) as never);
  const own = nodeRecord(node({ name: 'n1', addresses: ['192.168.56.11', 'fd56::11'], zone: 'z1' }) as never);
  return record && part ? unitsOf(record, [part], own, family) : [];
}
