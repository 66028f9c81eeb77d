import type { ServiceRecord } from '../model/records.ts';
import type { Store } from '../model/store.ts';

/**
 * The Services with a health check port, each with its number of endpoints on this node, counted by address. Terminating ones do
 * not count although they may still get traffic: load balancers should turn away early.
 */
export function localReady(store: Store): { service: ServiceRecord; localEndpoints: number }[] {
  const found: { service: ServiceRecord; localEndpoints: number }[] = [];
  for (const [key, service] of store.services()) {
    if (service.healthCheckNodePort === 0) continue;
    const addresses = store
      .slicesOf(key)
      .flatMap(({ endpoints }) => endpoints.filter(({ ready, node }) => ready && node === store.node.name))
      .map(({ address }) => address);
    found.push({ service, localEndpoints: new Set(addresses).size });
  }
  return found;
}
