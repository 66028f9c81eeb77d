import { type Family, familyOf } from '../../../lib/ip.ts';
import type { Protocol } from '../../model/records.ts';
import type { Scheduler } from './options.ts';

/** Something in the kernel that this backend puts there. `id` is unique over all kinds. */
export type KernelObject = Server | Entry | Address;

/** A virtual server with its real ones. */
export interface Server {
  readonly kind: 'server';
  readonly id: string;
  /** What it answers to: an address and port, or packets with a mark. */
  readonly at: { readonly address: string; readonly port: number } | { readonly mark: number };
  readonly protocol: Protocol;
  readonly family: Family;
  readonly scheduler: Scheduler;
  /** The scheduler's own switches, as ipvsadm prints them: joined by commas. */
  readonly flags: string;
  /** Seconds that a client stays with its real server; 0: it does not. */
  readonly persistence: number;
  /** Weight by `address:port`, IPv6 addresses in brackets. 0: gets no new connections. */
  readonly reals: ReadonlyMap<string, number>;
}

/** An element of one of our ipsets. */
export interface Entry {
  readonly kind: 'entry';
  readonly id: string;
  readonly set: SetName;
  readonly element: string;
  /** The mark that packets which match get. */
  readonly mark?: number | undefined;
}

/** An address on the dummy device. */
export interface Address {
  readonly kind: 'address';
  readonly id: string;
  readonly address: string;
}

export type SetName = keyof typeof setTypes;

/** Our ipsets without their prefix. Those with two words of type hold `address,protocol:port`. */
export const setTypes = {
  /** Every virtual server by address: that is how a later run knows ours from others'. */
  SERVERS: 'hash:ip,port',
  /** Addresses on the dummy device. */
  VIPS: 'hash:ip',
  'CLUSTER-IP': 'hash:ip,port',
  EXTERNAL: 'hash:ip,port',
  'EXTERNAL-LOCAL': 'hash:ip,port',
  /** External addresses under policy Local, with the mark of the virtual server that has this node's endpoints alone. */
  MARKS: 'hash:ip,port',
  REJECT: 'hash:ip,port',
  DROP: 'hash:ip,port',
  'DROP-OUTSIDE': 'hash:ip,port',
  GUARDED: 'hash:ip,port',
  /** `address,protocol:port,client network`. */
  ALLOWED: 'hash:ip,port,net',
  /** `address,protocol:port,address` of pods that may reach themselves. */
  HAIRPIN: 'hash:ip,port,ip',
} as const;

export const setNames = Object.keys(setTypes) as SetName[];

/** An element of one of our sets, with the packet mark that it gives, if any. */
export function entry(set: SetName, element: string, mark?: number): Entry {
  return { kind: 'entry', id: `${set} ${element}`, set, element, ...(mark !== undefined && { mark }) };
}

/** An address on the dummy device, which makes the kernel take its packets in. */
export function addressObject(address: string): Address {
  return { kind: 'address', id: `address ${address}`, address };
}

/** A virtual server at an address and port. */
export function serverAt(
  at: { address: string; port: number },
  protocol: Protocol,
  rest: Pick<Server, 'scheduler' | 'flags' | 'persistence' | 'reals'>,
): Server {
  const { address, port } = at;
  const family = familyOf(address) ?? 'IPv4';
  return {
    kind: 'server',
    id: `${protocol} ${hostPort(address, port)}`,
    at: { address, port },
    protocol,
    family,
    ...rest,
  };
}

/** A virtual server for packets with a mark (ipvsadm: `-f`), so for many addresses at once. */
export function markServer(
  mark: number,
  family: Family,
  protocol: Protocol,
  rest: Pick<Server, 'scheduler' | 'flags' | 'persistence' | 'reals'>,
): Server {
  return { kind: 'server', id: `FWM ${mark}`, at: { mark }, protocol, family, ...rest };
}

/** `192.0.2.1:80` or `[2001:db8::1]:80`, as ipvsadm wants it. */
export function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `address,protocol:port`, as elements of our sets begin. */
export function element(address: string, protocol: Protocol, port: number): string {
  return `${address},${protocol.toLowerCase()}:${port}`;
}
