import { keyOf } from '../lib/kube/informer.ts';
import { firstFree, type Pool, poolHas } from './pool.ts';
import { addressesOf, type Service } from './service.ts';

/** What is to be done for all Services together. */
export interface Plan {
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Everything that is given out, and so announced. */
  readonly addresses: ReadonlySet<string>;
}

/**
 * Plans for all Services at once, the oldest first: where two have the same address, as after a fault, the older one keeps it.
 * Wishes come before those who take anything. Pure.
 */
export function planAll(services: readonly Service[], pool: Pool | undefined): Plan {
  const held = new Map<string, string>();
  const ordered = [...services].sort(byAge);
  for (const service of ordered) {
    for (const address of addressesOf(service)) if (!held.has(address)) held.set(address, keyOf(service));
  }
  const verdicts = new Map<string, Verdict>();
  const addresses = new Set<string>();
  for (const service of ordered.sort((a, b) => rank(a) - rank(b))) {
    const key = keyOf(service);
    const taken = new Set([...held].filter(([, holder]) => holder !== key).map(([address]) => address));
    const verdict = planAddress(service, pool, taken);
    verdicts.set(key, verdict);
    if (verdict.kind === 'assign') held.set(verdict.address, key);
    for (const address of verdict.kind === 'assign' ? [verdict.address] : kept(service, verdict, pool))
      addresses.add(address);
  }
  return { verdicts, addresses };
}

function kept(service: Service, { kind }: Verdict, pool: Pool | undefined): string[] {
  return kind === 'keep' && pool ? addressesOf(service).filter((address) => poolHas(pool, address)) : [];
}

function byAge(a: Service, b: Service): number {
  const [first, second] = [a, b].map((one) => `${one.metadata?.creationTimestamp} ${keyOf(one)}`);
  return (first ?? '') < (second ?? '') ? -1 : 1;
}

function rank({ spec }: Service): number {
  return spec?.loadBalancerIP ? 0 : 1;
}

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
  return (
    service.spec?.type === 'LoadBalancer' &&
    !service.spec.loadBalancerClass &&
    service.metadata?.deletionTimestamp === undefined
  );
}

/** A Service of another implementation: nothing of it is touched. */
function hasForeignClass(service: Service): boolean {
  return service.spec?.type === 'LoadBalancer' && Boolean(service.spec.loadBalancerClass);
}
