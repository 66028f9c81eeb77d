import { readFileSync } from 'node:fs';
import { addressAt, addressToBits, contains, parseCidr, sizeOf } from '../../../lib/ip.ts';
import { replaceFile } from './replace-file.ts';

export interface AddressPool {
  /** A free address. Throws when there is none. */
  take(): string;
  /** Marks an address of a pod found again as taken. */
  claim(address: string): void;
  release(address: string): void;
}

/**
 * The addresses of the node's podCIDR, handed out in a circle, so that a freed one rests as long as possible: a client that
 * still uses it must fail, not reach a stranger. The position in the circle is kept in `file`.
 */
export function createAddressPool(podCidr: string, file: string): AddressPool {
  const cidr = parseCidr(podCidr);
  const last = Number(sizeOf(cidr)) - 2;
  const taken = new Set<string>();
  let position = readPosition(file);

  return {
    take() {
      for (let tries = 0; tries < last; tries++) {
        // .0 is the network, .1 stays free for the node, the last one is the broadcast address.
        position = position >= last || position < 2 ? 2 : position + 1;
        const address = addressAt(cidr, position);
        if (taken.has(address)) continue;
        taken.add(address);
        replaceFile(file, `${position}\n`);
        return address;
      }
      throw new Error(`could not give the pod an address: ${podCidr} has none left`);
    },
    claim(address) {
      taken.add(address);
      if (contains(cidr, address) && position < 2) position = Number(addressToBits(address) - cidr.bits);
    },
    release: (address) => taken.delete(address),
  };
}

function readPosition(file: string): number {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || 1;
  } catch {
    return 1;
  }
}
