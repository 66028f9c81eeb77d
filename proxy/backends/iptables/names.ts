import { createHash } from 'node:crypto';
import type { Endpoint, Unit } from '../../model/unit.ts';

/** `namespace/name:port`, or `namespace/name` when the port has no name: what comments show, and hashes are made of. */
export function unitText({ namespace, name, portName }: Unit): string {
  return portName === '' ? `${namespace}/${name}` : `${namespace}/${name}:${portName}`;
}

/** The names of a unit's chains, exactly as kube-proxy forms them (pkg/proxy/iptables: portProtoHash). */
export function chainNames(unit: Unit): { svc: string; svl: string; ext: string; fw: string } {
  const hash = hashOf(unitText(unit) + unit.protocol.toLowerCase());
  return { svc: `KUBE-SVC-${hash}`, svl: `KUBE-SVL-${hash}`, ext: `KUBE-EXT-${hash}`, fw: `KUBE-FW-${hash}` };
}

/** The name of the chain for one endpoint of the unit. */
export function endpointChain(unit: Unit, endpoint: Endpoint): string {
  return `KUBE-SEP-${hashOf(unitText(unit) + unit.protocol.toLowerCase() + destination(endpoint))}`;
}

/** `address:port`, an IPv6 address in brackets. */
export function destination({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Chains that belong to one Service; all others have fixed names. */
export function isServiceChain(name: string): boolean {
  return /^KUBE-(SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}$/.test(name);
}

/** The first 16 characters of the SHA-256 in base 32 (RFC 4648): 10 bytes. */
function hashOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 10);
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  return Array.from({ length: 16 }, (_, i) => alphabet[Number((bits >> BigInt(75 - 5 * i)) & 31n)]).join('');
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
