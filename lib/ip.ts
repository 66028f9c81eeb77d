import { isIP, isIPv4, isIPv6 } from 'node:net';

export type Family = 'IPv4' | 'IPv6';

/** A network in canonical form: `bits` has no bit set behind `prefix`. */
export interface Cidr {
  family: Family;
  bits: bigint;
  prefix: number;
}

/** The family of an address literal, or undefined if it is none. */
export function familyOf(address: string): Family | undefined {
  if (isIPv4(address)) return 'IPv4';
  return isIPv6(address) ? 'IPv6' : undefined;
}

/** Number of bits in an address of the family. */
export function widthOf(family: Family): number {
  return family === 'IPv4' ? 32 : 128;
}

/** The address as a number. Throws RangeError if it is not an address literal. */
export function addressToBits(address: string): bigint {
  const version = isIP(address);
  if (version === 4) return address.split('.').reduce((bits, part) => bits * 256n + BigInt(part), 0n);
  if (version !== 6) throw new RangeError(`not an IP address: ${address}`);
  return groupsOf(address).reduce((bits, group) => (bits << 16n) | BigInt(group), 0n);
}

function groupsOf(address: string): number[] {
  const plain = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    return `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`;
  });
  const [head = '', tail] = plain.split('::');
  const parse = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [parse(head), parse(tail ?? '')];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...new Array<number>(missing).fill(0), ...after];
}

/** The canonical text of an address; IPv6 as in RFC 5952. */
export function bitsToAddress(bits: bigint, family: Family): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(112 - 16 * i)) & 0xffffn));
  const hex = groups.map((group) => group.toString(16));
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** Parses `192.168.56.0/24`. Throws RangeError when it is malformed or has host bits set. */
export function parseCidr(text: string): Cidr {
  const cidr = parseLooseCidr(text);
  if (addressToBits(text.slice(0, text.indexOf('/'))) !== cidr.bits) {
    throw new RangeError(`${text} has host bits set; did you mean ${formatCidr(cidr)}?`);
  }
  return cidr;
}

/** Like parseCidr, but clears host bits instead of refusing them. */
export function parseLooseCidr(text: string): Cidr {
  const [, address = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const family = familyOf(address);
  const prefix = Number(digits);
  if (!family || prefix > widthOf(family)) throw new RangeError(`not a CIDR: ${text}`);
  const hostBits = BigInt(widthOf(family) - prefix);
  return { family, bits: (addressToBits(address) >> hostBits) << hostBits, prefix };
}

/** `192.168.56.0/24`, or its like of IPv6: what `parseCidr` reads. */
export function formatCidr(cidr: Cidr): string {
  return `${bitsToAddress(cidr.bits, cidr.family)}/${cidr.prefix}`;
}

/** Number of addresses in the network. */
export function sizeOf(cidr: Cidr): bigint {
  return 1n << BigInt(widthOf(cidr.family) - cidr.prefix);
}

/** The address number `index` of the network, counted from 0. Throws RangeError when it lies outside. */
export function addressAt(cidr: Cidr, index: bigint | number): string {
  const offset = BigInt(index);
  if (offset < 0n || offset >= sizeOf(cidr))
    throw new RangeError(`${formatCidr(cidr)} has no address ${offset}`);
  return bitsToAddress(cidr.bits + offset, cidr.family);
}

/** True when the address lies in the network; one of the other family never does. */
export function contains(cidr: Cidr, address: string): boolean {
  if (familyOf(address) !== cidr.family) return false;
  const offset = addressToBits(address) - cidr.bits;
  return offset >= 0n && offset < sizeOf(cidr);
}

/** True when some address lies in both networks; those of different families never overlap. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  if (a.family !== b.family) return false;
  const shift = BigInt(widthOf(a.family) - Math.min(a.prefix, b.prefix));
  return a.bits >> shift === b.bits >> shift;
}
