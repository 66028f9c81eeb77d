import {
  addressToBits,
  bitsToAddress,
  familyOf,
  formatCidr,
  parseLooseCidr,
  widthOf,
} from '../../../lib/ip.ts';
import { canonicalAddress } from './addresses.ts';

/** What is odd about an address that was accepted (k8s.io/apimachinery/pkg/util/validation GetWarningsForIP). */
export function addressWarnings(address: string | undefined, field: string): string[] {
  const plain = canonicalAddress(address ?? '');
  const family = familyOf(plain);
  if (!address || !family) return [];
  const canonical = bitsToAddress(addressToBits(plain), family);
  if (canonical === address) return [];
  const quoted = JSON.stringify(address);
  if (family === 'IPv6') {
    return [`${field}: IPv6 address ${quoted} should be in RFC 5952 canonical format ("${canonical}")`];
  }
  const fate = 'will be considered invalid in a future Kubernetes release';
  return [`${field}: non-standard IP address ${quoted} ${fate}: use "${canonical}"`];
}

/** What is odd about a network that was accepted: bits of a host in it (GetWarningsForCIDR). */
export function cidrWarnings(cidr: string, field: string): string[] {
  const network = parseLooseCidr(cidr.trim());
  const [address = ''] = cidr.trim().split('/');
  if (addressToBits(address) === network.bits) return [];
  const [whole, single] = [formatCidr(network), `${address}/${widthOf(network.family)}`];
  const choice = `should be "${whole}" or "${single}"?`;
  return [`${field}: CIDR value ${JSON.stringify(cidr)} is ambiguous in this context (${choice})`];
}
