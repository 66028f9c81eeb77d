import { contains, parseLooseCidr } from '../../../lib/ip.ts';
import type { Backend, Change } from '../../../proxy/backends/backend.ts';
import { Draft } from '../../../proxy/backends/nftables/draft.ts';
import type { Element } from '../../../proxy/backends/nftables/elements.ts';
import { bits } from '../../../proxy/backends/nftables/layout.ts';
import { type Delta, mergeDeltas } from '../../../proxy/backends/nftables/table.ts';
import { type Client, clientAddresses, type Target } from './reference.ts';

/** The nftables mode's table in memory, written as the backend writes the kernel's; packets follow its look-ups. */
export interface MemoryBackend extends Backend {
  /** The next sync fails: before anything was written, or after all was. */
  failNext(when: 'before' | 'after'): void;
  meets(client: Client, target: Target): string;
}

export function createMemoryBackend(): MemoryBackend {
  let draft: Draft | undefined;
  let failing: 'before' | 'after' | undefined;
  const sets = new Map<string, Map<string, string | undefined>>();

  function write({ remove, add }: Delta): void {
    for (const { set, key } of remove) {
      if (!sets.get(set)?.delete(key)) throw new Error(`no such element: ${set} ${key}`);
    }
    for (const { set, key, value } of add) put(set, key, value);
  }

  function put(set: string, key: string, value: string | undefined): void {
    const elements = sets.get(set) ?? new Map<string, string | undefined>();
    if (elements.has(key)) throw new Error(`element exists: ${set} ${key}`);
    sets.set(set, elements.set(key, value));
  }

  function replace(change: Extract<Change, { kind: 'full' }>): void {
    draft = new Draft('IPv4', options, change.node);
    for (const _ of draft.filling(change.units));
    sets.clear();
    for (const list of draft.elements().values()) write({ remove: [], add: list });
  }

  function amend({ gone, units }: Extract<Change, { kind: 'partial' }>): void {
    const now = draft;
    if (!now) throw new Error('the first sync of a table must be a full one');
    write(mergeDeltas([...gone.map((id) => now.drop(id)), ...units.map((unit) => now.put(unit))]));
    compare(now.elements());
  }

  function compare(wanted: ReadonlyMap<string, readonly Element[]>): void {
    const lines = (list: Iterable<readonly [string, string | undefined]>) =>
      [...list].map(([key, value]) => `${key} ${value}`).sort();
    for (const set of new Set([...sets.keys(), ...wanted.keys()])) {
      const should = lines((wanted.get(set) ?? []).map(({ key, value }) => [key, value]));
      const is = lines(sets.get(set) ?? []);
      if (should.join('\n') !== is.join('\n')) throw new Error(`deltas and whole differ in ${set}`);
    }
  }

  return {
    failNext(when) {
      failing = when;
    },
    async sync(change) {
      const now = failing;
      failing = undefined;
      if (now === 'before') throw new Error('nothing was written');
      if (change.kind === 'full') replace(change);
      else amend(change);
      if (now === 'after') throw new Error('written, but nobody heard of it');
      return { written: 0 };
    },
    async settle() {
      // Nothing to look at.
    },
    verify: async () => undefined,
    meets: (client, target) => meets({ sets, classes: draft?.allocator.classes ?? [] }, client, target),
  };
}

export const options = {
  scheduler: 'rr',
  masqueradeAll: false,
  detector: { kind: 'cidr', cidrs: ['172.16.1.0/24'] },
  nodePortCidrs: 'primary',
  serviceCidrs: [],
} as const;

interface Memory {
  readonly sets: ReadonlyMap<string, ReadonlyMap<string, string | undefined>>;
  readonly classes: Draft['allocator']['classes'];
}

/** The path of a connection's first packet through the chains, as far as look-ups decide it (skeleton.ts). */
function meets(memory: Memory, client: Client, { address, protocol, port }: Target): string {
  const at = (set: string, key: string) => memory.sets.get(set)?.get(key);
  const has = (set: string, key: string) => memory.sets.get(set)?.has(key) ?? false;
  const byPort = `${protocol.toLowerCase()} . ${port}`;
  const byAddress = `${address} . ${byPort}`;
  if (has('guarded', byAddress) && !isAllowed(memory, clientAddresses[client], byAddress)) return 'drop';
  const toNodePort = has('node-ips', address);
  const isOutside = client === 'outside' || client === 'partner';
  const code =
    (isOutside ? at('local-services', byAddress) : undefined) ??
    at('services', byAddress) ??
    (toNodePort && isOutside ? at('local-node-ports', byPort) : undefined) ??
    (toNodePort ? at('node-ports', byPort) : undefined);
  if (code !== undefined) return follow(memory, client, Number(code));
  if (has('rejected', byAddress) || (toNodePort && has('rejected-node-ports', byPort))) return 'reject';
  if (has('dropped', byAddress)) return 'drop';
  return has('cluster-ips', address) ? 'reject' : 'nothing';
}

function isAllowed({ sets }: Memory, from: string, door: string): boolean {
  return [...(sets.get('allowed')?.keys() ?? [])].some((key) => {
    const [range = '', ...rest] = key.split(' . ');
    return rest.join(' . ') === door && contains(parseLooseCidr(range), from);
  });
}

function follow({ sets, classes }: Memory, client: Client, code: number): string {
  const index = (code & bits.class) >>> 18;
  if (index === 0) return 'drop';
  const sticky = (code & bits.sticky) !== 0;
  const chosen = classes[index - 1];
  if (!chosen || chosen.sticky !== sticky) throw new Error(`no class ${index}`);
  const list = code & bits.list;
  const endpoints = Array.from({ length: chosen.size }, (_, slot) => {
    const key = `0x${(slot * 2 ** 18 + list).toString(16)}`;
    if (!sticky) return sets.get('endpoints')?.get(key) ?? `nothing at ${key}`;
    return sets.get('sticky-endpoints')?.get(sets.get('sticky-slots')?.get(key) ?? '') ?? `nothing at ${key}`;
  });
  const names = endpoints.map((one) => one.replace(' . ', ':')).sort();
  return [names.join(), sourceOf(client, code >>> 30), sticky ? timeoutOf(sets, list) : ''].join(' ');
}

/** By the kind of the code: internal, always, fromNode, never. */
function sourceOf(client: Client, kind: number): string {
  const masqueraded = [client !== 'pod', true, client === 'node', false][kind];
  return masqueraded ? 'masqueraded' : 'kept';
}

function timeoutOf(sets: Memory['sets'], list: number): string {
  const chain = sets.get('fresh-timeouts')?.get(`0x${list.toString(16)}`);
  return chain?.replace('goto remember-', '') ?? '10800';
}
