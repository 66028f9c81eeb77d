import { isDeleting, type Service } from '../objects.ts';
import { firstFree, type Pool, poolHas } from './pool.ts';

export type Verdict =
  | { kind: 'keep' }
  | { kind: 'assign'; address: string }
  /** It has an address that is not, or no longer, its due. */
  | { kind: 'clear' }
  | { kind: 'refuse'; why: string };

/**
 * What is to become of a Service's LoadBalancer address. `taken` holds the addresses of all other Services. An address
 * that it has is kept for as long as it is a valid one; `spec.loadBalancerIP` is a request that is honoured or refused,
 * never replaced by another. Pure.
 */
export function planAddress(service: Service, pool: Pool | undefined, taken: ReadonlySet<string>): Verdict {
  const current = addressesOf(service);
  if (!isOurs(service))
    return current.length > 0 && !hasForeignClass(service) ? { kind: 'clear' } : { kind: 'keep' };
  if (!pool) return current.length > 0 ? { kind: 'clear' } : { kind: 'keep' };
  const wanted = service.spec?.loadBalancerIP;
  const [only] = current;
  if (only && current.length === 1 && isValid(only, pool, taken) && (!wanted || wanted === only)) {
    return { kind: 'keep' };
  }
  if (wanted) return request(wanted, pool, taken);
  const address = firstFree(pool, taken);
  return address ? { kind: 'assign', address } : { kind: 'refuse', why: 'no available IPs' };
}

/** The addresses that a Service shows to the world. */
export function addressesOf(service: Service): string[] {
  return (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
}

function request(wanted: string, pool: Pool, taken: ReadonlySet<string>): Verdict {
  if (!poolHas(pool, wanted)) return { kind: 'refuse', why: `"${wanted}" is not allowed in config` };
  if (taken.has(wanted))
    return { kind: 'refuse', why: `address "${wanted}" is already in use by another service` };
  return { kind: 'assign', address: wanted };
}

function isValid(address: string, pool: Pool, taken: ReadonlySet<string>): boolean {
  return poolHas(pool, address) && !taken.has(address);
}

function isOurs(service: Service): boolean {
  return service.spec?.type === 'LoadBalancer' && !service.spec.loadBalancerClass && !isDeleting(service);
}

/** A Service of another implementation: nothing of it is touched. */
function hasForeignClass(service: Service): boolean {
  return service.spec?.type === 'LoadBalancer' && Boolean(service.spec.loadBalancerClass);
}
