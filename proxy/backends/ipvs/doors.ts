import { addressToBits, bitsToAddress } from '../../../lib/ip.ts';
import type { Unit } from '../../model/unit.ts';

/** An address of this node's kernel behind which a unit is reached, with what is to be done there. */
export interface Door {
  readonly address: string;
  readonly port: number;
  readonly kind: 'cluster-ip' | 'vip' | 'external-ip' | 'node-port';
  /** Of several units that want the same door, the one with the smallest rank has it. */
  readonly rank: string;
  /**
   * `local`: clients outside reach this node's endpoints alone. `local-drop`: they reach nobody, for there are none. Pods and
   * the node itself reach all endpoints in both cases.
   */
  readonly verdict: 'serve' | 'local' | 'local-drop' | 'reject' | 'drop';
}

/** All doors of a unit; `nodeAddresses` are those with open node ports. An address given twice has its more special use. */
export function doorsOf(unit: Unit, nodeAddresses: readonly string[]): Door[] {
  const { port, id } = unit;
  const doors = new Map<string, Door>();
  const add = (address: string, at: number, kind: Door['kind'], rank: string) => {
    const verdict = kind === 'cluster-ip' ? internal(unit) : external(unit);
    const key = `${address} ${at}`;
    if (!doors.has(key)) doors.set(key, { address, port: at, kind, rank: `${rank} ${id}`, verdict });
  };
  add(canonical(unit.clusterIP), port, 'cluster-ip', '0');
  for (const vip of unit.vips) add(canonical(vip), port, 'vip', '1');
  for (const address of unit.externalIPs) add(canonical(address), port, 'external-ip', '2');
  if (unit.nodePort > 0)
    for (const address of nodeAddresses) add(canonical(address), unit.nodePort, 'node-port', '3');
  return [...doors.values()];
}

function internal({ internal }: Unit): Door['verdict'] {
  return internal === 'cluster' || internal === 'local' ? 'serve' : internal;
}

function external({ external }: Unit): Door['verdict'] {
  return external === 'cluster' ? 'serve' : external;
}

/** As the kernel prints it, so that what is read back compares. */
export function canonical(address: string): string {
  return address.includes(':') ? bitsToAddress(addressToBits(address), 'IPv6') : address;
}
