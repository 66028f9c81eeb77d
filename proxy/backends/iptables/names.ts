import { createHash } from 'node:crypto';
import type { Endpoint, Unit } from '../../model/unit.ts';

/** `namespace/name:port`, or `namespace/name` when the port has no name: what comments show, and hashes are made of. */
export function unitText({ namespace, name, portName }: Unit): string {
  return portName === '' ? `${namespace}/${name}` : `${namespace}/${name}:${portName}`;
}

interface ChainNames {
  readonly svc: string;
  readonly svl: string;
  readonly ext: string;
  readonly fw: string;
}

/** The names of a unit's chains, exactly as kube-proxy forms them (pkg/proxy/iptables: portProtoHash). */
export function chainNames(unit: Unit): ChainNames {
  const known = namesOf.get(unit);
  if (known) return known;
  const hash = hashOf(unitText(unit) + unit.protocol.toLowerCase());
  const names = {
    svc: `KUBE-SVC-${hash}`,
    svl: `KUBE-SVL-${hash}`,
    ext: `KUBE-EXT-${hash}`,
    fw: `KUBE-FW-${hash}`,
  };
  namesOf.set(unit, names);
  return names;
}

/** They are asked for several times while the unit's rules are made. */
const namesOf = new WeakMap<Unit, ChainNames>();

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

/** The first 16 characters of the SHA-256 in base 32 (RFC 4648): 10 bytes, 40 bits at a time. */
function hashOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest();
  return base32(bytes.readUIntBE(0, 5)) + base32(bytes.readUIntBE(5, 5));
}

function base32(bits: number): string {
  const high = Math.floor(bits / 2 ** 20);
  const low = bits % 2 ** 20;
  return quarter(high) + quarter(low);
}

/** Four characters for 20 bits. */
function quarter(bits: number): string {
  const at = (shift: number) => alphabet.charAt((bits >> shift) & 31);
  return at(15) + at(10) + at(5) + at(0);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
