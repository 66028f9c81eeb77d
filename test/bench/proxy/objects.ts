import type { KubeObject } from '../../../lib/kube/types.ts';
import { service, slice } from '../../proxy/objects.ts';

/** So many Services of one port each, all with so many endpoints; slices of at most 100 endpoints. */
export function* generated(
  services: number,
  endpoints: number,
): Generator<['services' | 'endpointslices', KubeObject]> {
  for (let n = 0; n < services; n++) {
    const name = `s${n}`;
    const clusterIP = addressAt('172.17', n);
    yield ['services', service({ namespace: `ns${n % 50}`, name, clusterIP, ports: webPort })];
    for (let from = 0; from < endpoints; from += 100) yield ['endpointslices', sliceOf(n, endpoints, from)];
  }
}

/** With the protocol, which an API server would have added. */
export const webPort = [{ protocol: 'TCP', port: 80 }];

/** One slice of Service `n`; `salt` makes its endpoints others. */
export function sliceOf(n: number, endpoints: number, from = 0, salt = 0): KubeObject {
  const count = Math.min(100, endpoints - from);
  return slice({
    namespace: `ns${n % 50}`,
    service: `s${n}`,
    name: `s${n}-${from}`,
    endpoints: Array.from({ length: count }, (_, i) => ({
      ip: addressAt(salt === 0 ? '10' : `${10 + salt}`, n * endpoints + from + i),
      node: `node-${i % 50}`,
    })),
  });
}

/** The address number `n` behind a prefix of one or two parts. */
export function addressAt(prefix: string, n: number): string {
  const parts = [(n >> 16) & 255, (n >> 8) & 255, n & 255];
  return prefix.includes('.')
    ? `172.${17 + (parts[0] ?? 0)}.${parts[1]}.${parts[2]}`
    : `${prefix}.${parts.join('.')}`;
}
