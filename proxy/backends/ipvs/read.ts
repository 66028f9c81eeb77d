import { ExecError, run } from '../../../lib/exec.ts';
import { type Family, familyOf } from '../../../lib/ip.ts';
import type { Protocol } from '../../model/records.ts';
import { markServer, type Server, type SetName, serverAt, setNames } from './objects.ts';
import type { Scheduler } from './options.ts';
import { device, setName } from './text.ts';

/** A virtual server as the kernel has it, with the number of connections of each real server. */
export interface SeenServer extends Server {
  readonly connections: ReadonlyMap<string, number>;
  /** How many of them, of all real servers, are established. */
  readonly active: number;
}

/** All virtual servers of a family, ours and others', by id; or the one that `only` selects, which may be gone. */
export async function readServers(
  family: Family,
  signal?: AbortSignal,
  only?: readonly string[],
): Promise<Map<string, SeenServer>> {
  const args = ['-Ln', ...(only ?? [])];
  const listing = await run('ipvsadm', args, { signal, timeoutMs: 60_000 }).catch((error: unknown) => {
    if (error instanceof ExecError && error.stderr.includes('No such service')) return { stdout: '' };
    throw error;
  });
  return parseServers(listing.stdout, family);
}

/** The output of `ipvsadm -Ln`. */
export function parseServers(text: string, family: Family): Map<string, SeenServer> {
  const found = new Map<string, SeenServer>();
  let current: Mutable | undefined;
  for (const line of text.split('\n')) {
    const [, real, weight, active, inactive] = /^ {2}-> (\S+)\s+\S+\s+(\d+)\s+(\d+)\s+(\d+)/.exec(line) ?? [];
    if (real !== undefined && current) {
      current.reals.set(real, Number(weight));
      current.connections.set(real, Number(active) + Number(inactive));
      current.active += Number(active);
    }
    const head = serverPattern.exec(line);
    if (!head) continue;
    current = { reals: new Map(), connections: new Map(), active: 0 };
    const server = serverOf(head, current.reals);
    if (server.family === family) found.set(server.id, Object.assign(current, server));
  }
  return found;
}

type Mutable = { reals: Map<string, number>; connections: Map<string, number>; active: number };

/** `TCP  172.17.0.80:80 sh (sh-fallback) persistent 10800`, `FWM  8192 IPv6 rr`. */
const serverPattern =
  /^(TCP|UDP|SCTP|FWM) +(\S+)( IPv6)? ([a-z]+)(?: \(([\w,-]+)\))?(?:.* persistent (\d+))?/;

function serverOf(
  [, word = '', at = '', six, scheduler = '', flags = '', seconds]: RegExpExecArray,
  reals: ReadonlyMap<string, number>,
): Server {
  const rest = { scheduler: scheduler as Scheduler, flags, persistence: Number(seconds ?? 0), reals };
  // The kernel does not keep a protocol for these; those of TCP are the ones that are treated with care.
  if (word === 'FWM') return markServer(Number(at), six ? 'IPv6' : 'IPv4', 'TCP', rest);
  const { address, port } = splitHostPort(at);
  return serverAt({ address, port }, word as Protocol, rest);
}

function splitHostPort(text: string): { address: string; port: number } {
  const colon = text.lastIndexOf(':');
  const address = text.slice(0, colon).replace(/^\[|\]$/g, '');
  return { address, port: Number(text.slice(colon + 1)) };
}

/** Elements of our sets with their marks; a set that is missing is missing here too. */
export async function readSets(
  family: Family,
  signal?: AbortSignal,
): Promise<Map<SetName, Map<string, number | undefined>>> {
  const { stdout } = await run('ipset', ['save'], { signal, timeoutMs: 60_000 });
  return parseSets(stdout, family);
}

/** The output of `ipset save`. */
export function parseSets(text: string, family: Family): Map<SetName, Map<string, number | undefined>> {
  const byName = new Map(setNames.map((set) => [setName(family, set), set]));
  const found = new Map<SetName, Map<string, number | undefined>>();
  for (const line of text.split('\n')) {
    const [verb, name = '', element = '', , mark] = line.split(' ');
    const set = byName.get(name);
    if (set === undefined) continue;
    if (verb === 'create') found.set(set, new Map());
    // Printed as `skbmark 0x2000`, followed by its mask unless that is whole.
    else found.get(set)?.set(element, mark === undefined ? undefined : Number.parseInt(mark, 16));
  }
  return found;
}

export interface Addresses {
  /** On the dummy device; undefined when there is none. */
  readonly bound: ReadonlySet<string> | undefined;
  /** On all others, of scope global: an address for routers to announce may well be on loopback, as kube-proxy has it too. */
  readonly own: readonly string[];
}

/** The global addresses of one family on our dummy device, and those of all other links. Throws ExecError. */
export async function readAddresses(family: Family, signal?: AbortSignal): Promise<Addresses> {
  const { stdout } = await run('ip', ['-j', 'addr', 'show'], { signal, timeoutMs: 30_000 });
  const links = JSON.parse(stdout) as { ifname: string; addr_info: { local?: string; scope: string }[] }[];
  const of = (name: (ifname: string) => boolean) =>
    links
      .filter(({ ifname }) => name(ifname))
      .flatMap(({ addr_info }) => addr_info)
      .flatMap(({ local, scope }) =>
        local !== undefined && scope === 'global' && familyOf(local) === family ? [local] : [],
      );
  const hasDevice = links.some(({ ifname }) => ifname === device);
  return {
    bound: hasDevice ? new Set(of((name) => name === device)) : undefined,
    own: of((name) => name !== device),
  };
}

/** All rules of a family, as `iptables-save` prints them. */
export async function readRules(family: Family, signal?: AbortSignal): Promise<string> {
  const program = family === 'IPv6' ? 'ip6tables-save' : 'iptables-save';
  const { stdout } = await run(program, [], { signal, timeoutMs: 60_000 });
  return stdout;
}
