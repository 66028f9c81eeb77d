import { addressToBits, bitsToAddress, contains, familyOf, parseCidr } from '../../lib/ip.ts';

/** The name below which an address is looked up backwards: `4.3.2.1.in-addr.arpa` (RFC 1035 3.5, RFC 3596 2.5). */
export function reverseName(address: string): string {
  if (familyOf(address) === 'IPv4') return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const digits = addressToBits(address).toString(16).padStart(32, '0');
  return `${[...digits].reverse().join('.')}.ip6.arpa`;
}

/** An address as one label: `172-16-0-5`. IPv6 addresses keep their shortened form, as in CoreDNS. */
export function dashed(address: string): string {
  return address.replace(/[.:]/g, '-');
}

/** The address that a label like `172-16-0-5` stands for, undefined when it stands for none. */
export function undashed(label: string): string | undefined {
  const candidates = [label.replaceAll('-', '.'), label.replaceAll('-', ':')];
  const address = candidates.find((candidate) => familyOf(candidate) !== undefined);
  if (address === undefined) return undefined;
  const family = familyOf(address) ?? 'IPv4';
  return bitsToAddress(addressToBits(address), family);
}

const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8'].map(parseCidr);

/** Whether a name asks backwards for an address that no public server knows (RFC 6303). */
export function isPrivateReverse(name: string): boolean {
  const [, digits] = /^((?:\d{1,3}\.){4})in-addr\.arpa$/.exec(name) ?? [];
  if (digits === undefined) return false;
  const address = digits.slice(0, -1).split('.').reverse().join('.');
  return familyOf(address) === 'IPv4' && privateNetworks.some((network) => contains(network, address));
}

/** Whether `name` is `zone` or lies below it. */
export function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** The names above `name`, nearest first, without the root. */
export function ancestorsOf(name: string): string[] {
  const labels = name.split('.');
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
}
