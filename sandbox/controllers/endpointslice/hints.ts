import type { Endpoint } from '../objects.ts';

/**
 * Adds topology hints as `spec.trafficDistribution` asks: each ready endpoint is meant for its own zone, or node (KEP-4444,
 * KEP-3015; upstream: staging/src/k8s.io/endpointslice/trafficdist).
 */
export function withHints(endpoints: readonly Endpoint[], distribution: string | undefined): Endpoint[] {
  const byZone = distribution === 'PreferClose' || distribution === 'PreferSameZone';
  const byNode = distribution === 'PreferSameNode';
  if (!byZone && !byNode) return [...endpoints];
  return endpoints.map((endpoint) => {
    if (endpoint.conditions?.ready === false) return endpoint;
    const hints = {
      ...(endpoint.zone && { forZones: [{ name: endpoint.zone }] }),
      ...(byNode && endpoint.nodeName && { forNodes: [{ name: endpoint.nodeName }] }),
    };
    return Object.keys(hints).length === 0 ? endpoint : { ...endpoint, hints };
  });
}
