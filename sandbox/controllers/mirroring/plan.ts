import { familyOf } from '../../../lib/ip.ts';
import type { AddressType, EndpointGroup } from '../endpointslice/desired.ts';
import type { Endpoint, EndpointAddress, EndpointSubset, Endpoints, Service } from '../objects.ts';

/** Upstream's `--mirroring-max-endpoints-per-subset`. */
const maxAddresses = 1000;

/** Whether hand-made Endpoints are to be copied into EndpointSlices (KEP-0752): their Service has no selector. */
export function isMirrored(endpoints: Endpoints, service: Service | undefined): boolean {
  const { labels = {}, annotations = {} } = endpoints.metadata ?? {};
  return (
    service !== undefined &&
    service.spec?.selector === undefined &&
    labels['endpointslice.kubernetes.io/skip-mirror'] !== 'true' &&
    annotations['control-plane.alpha.kubernetes.io/leader'] === undefined
  );
}

/** The addresses of an Endpoints object as groups for EndpointSlices, by family and subset. Pure. */
export function mirroredGroups(endpoints: Endpoints): EndpointGroup[] {
  const groups = new Map<string, EndpointGroup>();
  for (const subset of endpoints.subsets ?? []) {
    for (const { endpoint, addressType } of endpointsOf(subset)) {
      const ports = (subset.ports ?? []).map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
        name,
        port,
        protocol,
        ...(appProtocol !== undefined && { appProtocol }),
      }));
      const key = JSON.stringify([addressType, ports]);
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      group.endpoints.push(endpoint);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

function endpointsOf(subset: EndpointSubset): { endpoint: Endpoint; addressType: AddressType }[] {
  const all = [
    ...(subset.addresses ?? []).map((address) => ({ address, ready: true })),
    ...(subset.notReadyAddresses ?? []).map((address) => ({ address, ready: false })),
  ];
  return all.slice(0, maxAddresses).flatMap(({ address, ready }) => {
    const addressType = familyOf(address.ip);
    return addressType ? [{ addressType, endpoint: endpointOf(address, ready) }] : [];
  });
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(targetRef && { targetRef }),
  };
}
