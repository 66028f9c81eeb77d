import { contains, type Family, parseLooseCidr } from '../../../lib/ip.ts';
import type { Kernel } from './diff.ts';
import { markRange } from './marks.ts';
import { addressObject, element, entry, type KernelObject, type Server, type SetName } from './objects.ts';
import type { IpvsOptions } from './options.ts';
import { type Addresses, readAddresses, readServers, readSets, type SeenServer } from './read.ts';

/** What the kernel has, in one family. */
export interface Snapshot {
  readonly servers: ReadonlyMap<string, SeenServer>;
  readonly sets: ReadonlyMap<SetName, ReadonlyMap<string, number | undefined>>;
  readonly addresses: Addresses;
}

/** What the kernel has of one family, read at nearly the same time. Throws ExecError. */
export async function takeSnapshot(family: Family, signal?: AbortSignal): Promise<Snapshot> {
  const [servers, sets, addresses] = await Promise.all([
    readServers(family, signal),
    readSets(family, signal),
    readAddresses(family, signal),
  ]);
  return { servers, sets, addresses };
}

/** Our part of it, as objects. Everything else is somebody else's and is never touched. */
export function kernelOf(
  snapshot: Snapshot,
  { excludeCidrs = [] }: Pick<IpvsOptions, 'excludeCidrs'>,
): Kernel {
  const objects = new Map<string, KernelObject>();
  const draining = new Map<string, Server>();
  const excluded = excludeCidrs.map(parseLooseCidr);
  for (const server of snapshot.servers.values()) {
    if (!isOurs(server, snapshot)) continue;
    if ('address' in server.at && isIn(server.at.address, excluded)) continue;
    const { connections: _connections, active: _active, ...plain } = server;
    objects.set(server.id, plain);
    if ([...server.reals.values()].includes(0)) draining.set(server.id, plain);
  }
  for (const [set, elements] of snapshot.sets) {
    if (set === 'SERVERS' || set === 'VIPS') continue;
    for (const [key, mark] of elements) objects.set(`${set} ${key}`, entry(set, key, mark));
  }
  for (const address of snapshot.addresses.bound ?? []) {
    const object = addressObject(address);
    objects.set(object.id, object);
  }
  return { objects, draining };
}

/** On an address of the dummy device, registered in our set, or by a mark in our range. */
function isOurs({ at, protocol }: Server, { sets, addresses }: Snapshot): boolean {
  if ('mark' in at) return at.mark >= markRange.first && at.mark <= markRange.last;
  if (addresses.bound?.has(at.address)) return true;
  return sets.get('SERVERS')?.has(element(at.address, protocol, at.port)) ?? false;
}

function isIn(address: string, cidrs: readonly ReturnType<typeof parseLooseCidr>[]): boolean {
  return cidrs.some((cidr) => contains(cidr, address));
}

/** What the two sets should hold that follow from servers and addresses. */
export function registersOf({ objects }: Pick<Kernel, 'objects'>): Map<'SERVERS' | 'VIPS', Set<string>> {
  const servers = new Set<string>();
  const vips = new Set<string>();
  for (const object of objects.values()) {
    if (object.kind === 'address') vips.add(object.address);
    if (object.kind === 'server' && 'address' in object.at) {
      servers.add(element(object.at.address, object.protocol, object.at.port));
    }
  }
  return new Map([
    ['SERVERS', servers],
    ['VIPS', vips],
  ]);
}
