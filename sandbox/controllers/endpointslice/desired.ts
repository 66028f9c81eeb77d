import { familyOf } from '../../../lib/ip.ts';
import {
  type Endpoint,
  isDeleting,
  type Node,
  nameOf,
  namespaceOf,
  type Pod,
  type Service,
  uidOf,
} from '../objects.ts';
import { isReady, isTerminal } from '../pod-state.ts';
import { withHints } from './hints.ts';
import { type ResolvedPort, resolvePorts } from './ports.ts';

export type AddressType = 'IPv4' | 'IPv6';

/** Endpoints that share one list of ports: they may share slices. */
export interface EndpointGroup {
  addressType: AddressType;
  ports: ResolvedPort[];
  endpoints: Endpoint[];
}

export interface ServiceView {
  service: Service;
  /** The pods that the Service selects. */
  pods: readonly Pod[];
  node: (name: string) => Node | undefined;
}

/** The endpoints that a Service has, grouped by family and ports (upstream: reconcileByAddressType). Pure. */
export function desiredGroups(view: ServiceView): EndpointGroup[] {
  const groups = new Map<string, EndpointGroup>();
  for (const addressType of addressTypes(view.service)) {
    for (const pod of view.pods) {
      const address = addressOf(pod, addressType);
      if (address === undefined || isTerminal(pod)) continue;
      const ports = resolvePorts(view.service, pod);
      const key = JSON.stringify([addressType, ports]);
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      group.endpoints.push(endpointOf(view, pod, address));
      groups.set(key, group);
    }
  }
  return [...groups.values()].map((group) => ({
    ...group,
    endpoints: withHints(group.endpoints, view.service.spec?.trafficDistribution),
  }));
}

/** The families of a Service; one without any, as a headless one may be, counts as IPv4. */
export function addressTypes(service: Service): AddressType[] {
  const families = (service.spec?.ipFamilies ?? []).filter(
    (family): family is AddressType => family === 'IPv4' || family === 'IPv6',
  );
  return families.length === 0 ? ['IPv4'] : families;
}

/** The pod's address in a family. */
export function addressOf(pod: Pod, family: AddressType): string | undefined {
  const { podIP, podIPs = [] } = pod.status ?? {};
  const addresses = podIPs.length > 0 ? podIPs.map(({ ip }) => ip) : [podIP ?? ''];
  return addresses.find((address) => familyOf(address) === family);
}

/** A pod gets a name of its own only below the headless Service that its `subdomain` names. */
export function hostnameOf(service: Service, pod: Pod): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {};
  return hostname && subdomain === nameOf(service) ? hostname : undefined;
}

function endpointOf({ service, node }: ServiceView, pod: Pod, address: string): Endpoint {
  const serving = isReady(pod);
  const terminating = isDeleting(pod);
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const nodeName = pod.spec?.nodeName;
  const zone = nodeName && node(nodeName)?.metadata?.labels?.['topology.kubernetes.io/zone'];
  const hostname = hostnameOf(service, pod);
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: uidOf(pod) },
  };
}
