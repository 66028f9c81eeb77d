import { addressToBits, bitsToAddress, familyOf } from '../lib/ip.ts';

/** A range of addresses, both ends included. */
export interface Pool {
  first: bigint;
  last: bigint;
}

/** Parses `192.168.56.240-192.168.56.250`. Throws RangeError when it is not a range of IPv4 addresses. */
export function parsePool(text: string): Pool {
  const [from = '', to = from] = text.split('-').map((part) => part.trim());
  if (familyOf(from) !== 'IPv4' || familyOf(to) !== 'IPv4') {
    throw new RangeError(`not a range of IPv4 addresses: ${text}`);
  }
  const pool = { first: addressToBits(from), last: addressToBits(to) };
  if (pool.first > pool.last) throw new RangeError(`the range ${text} ends before it begins`);
  return pool;
}

/** True when the address is one to give; none of IPv6 is. */
export function poolHas(pool: Pool, address: string): boolean {
  if (familyOf(address) !== 'IPv4') return false;
  const bits = addressToBits(address);
  return bits >= pool.first && bits <= pool.last;
}

/** The lowest address of the pool that is not taken. */
export function firstFree(pool: Pool, taken: ReadonlySet<string>): string | undefined {
  for (let bits = pool.first; bits <= pool.last; bits++) {
    const address = bitsToAddress(bits, 'IPv4');
    if (!taken.has(address)) return address;
  }
  return undefined;
}
