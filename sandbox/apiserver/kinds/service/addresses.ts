import type { Cidr } from '../../../../lib/ip.ts';
import { addressAt, contains, parseCidr, sizeOf } from '../../../../lib/ip.ts';
import { canonicalAddress } from '../../validation/addresses.ts';
import type { FieldError } from '../../validation/field-error.ts';
import { internal, invalid } from '../../validation/field-error.ts';
import type { KindContext } from '../kind.ts';
import type { ServiceObject, ServiceSpec } from './object.ts';
import { isExternalName, isHeadless } from './object.ts';

/**
 * Gives a Service its cluster address: the one it asks for, or a free one of the dynamic band.
 * Changes `spec` in place.
 */
export function allocateClusterIP(spec: ServiceSpec, context: KindContext): FieldError[] {
  if (isExternalName(spec) || isHeadless(spec)) return [];
  const cidr = parseCidr(context.config.serviceClusterIPRange);
  const services = context.find('services') as readonly ServiceObject[];
  const wanted = spec.clusterIPs?.[0];
  if (wanted) {
    const asked = canonicalAddress(wanted);
    return context.dryRun ? claimDry(asked, spec, cidr) : claim(asked, spec, cidr, services);
  }
  const address = context.dryRun ? addressAt(cidr, 0) : firstFree(cidr, services, Math.random());
  if (!address) return [internal('spec.clusterIPs', 'failed to allocate a serviceIP: range is full')];
  spec.clusterIP = address;
  spec.clusterIPs = [address];
  return [];
}

function claim(
  address: string,
  { clusterIPs }: ServiceSpec,
  cidr: Cidr,
  services: readonly ServiceObject[],
): FieldError[] {
  const refuse = (reason: string) => [
    invalid('spec.clusterIPs', clusterIPs, `failed to allocate IP ${clusterIPs?.[0]}: ${reason}`),
  ];
  const [first, last] = bounds(cidr);
  const edges = [addressAt(cidr, first - 1), addressAt(cidr, last + 1)];
  if (!contains(cidr, address) || edges.includes(address)) {
    return refuse('the provided network does not match the current range');
  }
  return isTaken(address, services) ? refuse('provided IP is already allocated') : [];
}

/**
 * A dry run looks at the range alone, in words of its own, and gives the range's first address to those who ask for none
 * (dryRunMetaAllocator in registry/core/service/ipallocator).
 */
function claimDry(address: string, { clusterIPs }: ServiceSpec, cidr: Cidr): FieldError[] {
  const [first, last] = bounds(cidr);
  const edges = [addressAt(cidr, first - 1), addressAt(cidr, last + 1)];
  if (contains(cidr, address) && !edges.includes(address)) return [];
  const range = `${addressAt(cidr, 0)}/${cidr.prefix}`;
  const reason = `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range}`;
  return [invalid('spec.clusterIPs', clusterIPs, `failed to allocate IP ${clusterIPs?.[0]}: ${reason}`)];
}

/**
 * A free address, tried in order from a random start (`chance` in [0, 1)), first above the static band, which is
 * left to those who ask for an address (KEP-3070), then in it.
 */
export function firstFree(
  cidr: Cidr,
  services: readonly ServiceObject[],
  chance: number,
): string | undefined {
  const [first, last] = bounds(cidr);
  const band = staticBand(Number(sizeOf(cidr)), { step: 16, max: 256 });
  const upper = { from: first + band, to: last };
  return (
    freeIn(upper, cidr, services, chance) ??
    freeIn({ from: first, to: first + band - 1 }, cidr, services, chance)
  );
}

/** First and last index that a Service may have: neither the network's own address nor the last one, which IPv4 broadcasts to. */
function bounds(cidr: Cidr): [first: number, last: number] {
  return [1, Number(sizeOf(cidr)) - 2];
}

/** Numbers at the start of a range kept for explicit requests: `min(max(16, size/step), max)` (KEP-3070, KEP-3668). */
export function staticBand(size: number, { step, max }: { step: number; max: number }): number {
  return size <= 16 ? 0 : Math.min(Math.max(16, Math.trunc(size / step)), max);
}

/** Tries that look through the list of Services one by one, which is cheap, before a set of all addresses is made. */
const cheapTries = 8;

function freeIn(
  { from, to }: { from: number; to: number },
  cidr: Cidr,
  services: readonly ServiceObject[],
  chance: number,
): string | undefined {
  const size = to - from + 1;
  const start = Math.floor(chance * size);
  let taken: Set<string> | undefined;
  for (let step = 0; step < size; step++) {
    const address = addressAt(cidr, from + ((start + step) % size));
    if (step >= cheapTries) taken ??= allTaken(services);
    if (!(taken ? taken.has(address) : isTaken(address, services))) return address;
  }
  return undefined;
}

/** Runs over all Services of the cluster for every new one, hence without a closure per Service. */
function isTaken(address: string, services: readonly ServiceObject[]): boolean {
  for (const { spec } of services) {
    if (spec.clusterIP === address) return true;
    if (spec.clusterIPs !== undefined && spec.clusterIPs.length > 1 && spec.clusterIPs.includes(address)) {
      return true;
    }
  }
  return false;
}

function allTaken(services: readonly ServiceObject[]): Set<string> {
  const taken = new Set<string>();
  for (const { spec } of services) for (const address of spec.clusterIPs ?? []) taken.add(address);
  return taken;
}
