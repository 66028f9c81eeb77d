import { familyOf } from '../../lib/ip.ts';
import type { V1Endpoints, Wire } from '../../lib/kube/types.ts';
import type { EndpointRecord, Protocol, SliceRecord } from './records.ts';

/**
 * The slices that a core/v1 Endpoints object stands for, one for each subset and address family. They say nothing of terminating
 * endpoints, zones or hints: an address that is not ready may not be used at all.
 */
export function recordsOfEndpoints({ metadata = {}, subsets = [] }: Wire<V1Endpoints>): SliceRecord[] {
  const { namespace = '', name = '', annotations } = metadata;
  const triggered = annotations?.['endpoints.kubernetes.io/last-change-trigger-time'];
  const triggeredAt = triggered === undefined ? undefined : Date.parse(triggered) || undefined;
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, i) =>
    (['IPv4', 'IPv6'] as const).flatMap((family): SliceRecord[] => {
      const endpoints = [
        ...addresses.map((address) => recordOf(address, true)),
        ...notReadyAddresses.map((address) => recordOf(address, false)),
      ].filter(({ address }) => familyOf(address) === family);
      if (endpoints.length === 0) return [];
      const given = ports.map(({ name: portName = '', port, protocol }) => ({
        name: portName,
        port,
        protocol: (protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP') as Protocol,
      }));
      return [
        {
          namespace,
          name: `${name}#${i}-${family}`,
          service: name,
          family,
          ports: given,
          endpoints,
          triggeredAt,
        },
      ];
    }),
  );
}

function recordOf({ ip, nodeName }: { ip: string; nodeName?: string }, ready: boolean): EndpointRecord {
  return {
    address: ip,
    ready,
    serving: ready,
    terminating: false,
    node: nodeName,
    zoneHints: [],
    nodeHints: [],
  };
}
