import { addressOf, addressTypes, hostnameOf } from '../endpointslice/desired.ts';
import { resolvePorts } from '../endpointslice/ports.ts';
import {
  type EndpointAddress,
  type EndpointSubset,
  isDeleting,
  nameOf,
  namespaceOf,
  type Pod,
  type Service,
  uidOf,
} from '../objects.ts';
import { isReady, isTerminal } from '../pod-state.ts';

/** An Endpoints object holds no more addresses than this (upstream: maxCapacity). */
const maxAddresses = 1000;

export interface DesiredEndpoints {
  subsets: EndpointSubset[];
  /** True when addresses had to be left out. */
  truncated: boolean;
}

/** The subsets of a Service: addresses with the same ports together, ready and not ready apart. Pure. */
export function desiredEndpoints(service: Service, pods: readonly Pod[]): DesiredEndpoints {
  const publishAll = service.spec?.publishNotReadyAddresses === true;
  const [family = 'IPv4'] = addressTypes(service);
  const subsets = new Map<string, Required<EndpointSubset>>();
  for (const pod of pods) {
    const ip = addressOf(pod, family);
    if (ip === undefined || isTerminal(pod) || (isDeleting(pod) && !publishAll)) continue;
    const ports = resolvePorts(service, pod).map(({ name, ...rest }) => ({ ...(name && { name }), ...rest }));
    if (ports.length === 0 && (service.spec?.ports ?? []).length > 0) continue;
    const key = JSON.stringify(ports);
    const subset = subsets.get(key) ?? { addresses: [], notReadyAddresses: [], ports };
    const list = publishAll || isReady(pod) ? subset.addresses : subset.notReadyAddresses;
    list.push(addressEntry(service, pod, ip));
    subsets.set(key, subset);
  }
  return limited([...subsets.values()]);
}

function addressEntry(service: Service, pod: Pod, ip: string): EndpointAddress {
  const hostname = hostnameOf(service, pod);
  return {
    ip,
    ...(hostname && { hostname }),
    ...(pod.spec?.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: uidOf(pod) },
  };
}

/** Cuts to the capacity, ready addresses first; leaves out lists that are empty. */
function limited(subsets: readonly Required<EndpointSubset>[]): DesiredEndpoints {
  const count = (field: 'addresses' | 'notReadyAddresses') =>
    subsets.reduce((sum, subset) => sum + subset[field].length, 0);
  const total = count('addresses') + count('notReadyAddresses');
  let ready = maxAddresses;
  let notReady = Math.max(0, maxAddresses - count('addresses'));
  const cut = subsets.map((subset) => {
    const addresses = subset.addresses.slice(0, ready);
    const notReadyAddresses = subset.notReadyAddresses.slice(0, notReady);
    ready -= addresses.length;
    notReady -= notReadyAddresses.length;
    return {
      ...(addresses.length > 0 && { addresses: addresses.sort(byAddress) }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses: notReadyAddresses.sort(byAddress) }),
      ...(subset.ports.length > 0 && { ports: subset.ports }),
    };
  });
  return {
    subsets: cut.filter((subset) => subset.addresses || subset.notReadyAddresses),
    truncated: total > maxAddresses,
  };
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  return a.ip < b.ip ? -1 : 1;
}
