import type { Endpoint } from '../../model/unit.ts';

export type Target = Pick<Endpoint, 'address' | 'port'>;

/** Picks endpoints for the connections of one list of a unit. Knows no clock and no socket: `now` is in milliseconds. */
export interface Balancer {
  /** Takes over a new list. Who stays keeps the place in the round and its clients; newcomers join at the end of the round. */
  update(endpoints: readonly Target[], affinitySeconds: number | undefined): void;
  /** The endpoints in the order to try them; each time, the next one is first. Empty when there is none. */
  pick(client: string, now: number): readonly Target[];
  /** Which endpoint of that order the client got in the end; undefined when none answered. */
  met(client: string, target: Target | undefined, now: number): void;
  /** Drops records that have timed out. Resolves with how many are left. */
  sweep(now: number): number;
}

/**
 * Strict round robin, with `sessionAffinity: ClientIP` when asked for (kube-proxy 1.20's LoadBalancerRR, save that it shuffled
 * and began anew on every change). A record is renewed by each new connection and ends `affinitySeconds` after the last one.
 */
export function createBalancer(): Balancer {
  let order: Target[] = [];
  let next = 0;
  let ttlMs: number | undefined;
  const records = new Map<string, { target: Target; usedAt: number }>();

  function remember(client: string, target: Target, now: number): void {
    records.delete(client);
    if (ttlMs === undefined) return;
    records.set(client, { target, usedAt: now });
    // The oldest record comes first: each use puts its client at the end.
    const [oldest] = records.size > mostClients ? records.keys() : [];
    if (oldest !== undefined) records.delete(oldest);
  }

  function recorded(client: string, now: number): Target | undefined {
    const record = ttlMs === undefined ? undefined : records.get(client);
    return record && now - record.usedAt < (ttlMs ?? 0) ? record.target : undefined;
  }

  return {
    update(endpoints, affinitySeconds) {
      ttlMs = affinitySeconds === undefined ? undefined : affinitySeconds * 1000;
      const wanted = new Map(endpoints.map((target) => [keyOf(target), target]));
      const isWanted = (target: Target) => wanted.has(keyOf(target));
      next = order.slice(0, next).filter(isWanted).length;
      const stay = order.filter(isWanted);
      for (const target of stay) wanted.delete(keyOf(target));
      order = [...stay, ...wanted.values()];
      if (next >= stay.length && wanted.size === 0) next = 0;
      const staying = new Set(stay.map(keyOf));
      for (const [client, { target }] of records) {
        if (ttlMs === undefined || !staying.has(keyOf(target))) records.delete(client);
      }
    },
    pick(client, now) {
      if (order.length === 0) return [];
      const kept = recorded(client, now);
      const at = kept ? order.findIndex((one) => keyOf(one) === keyOf(kept)) : next;
      if (!kept) next = (next + 1) % order.length;
      const turned = [...order.slice(at), ...order.slice(0, at)];
      const [first] = turned;
      if (first) remember(client, first, now);
      return turned;
    },
    met(client, target, now) {
      if (target && order.some((one) => keyOf(one) === keyOf(target))) remember(client, target, now);
      else records.delete(client);
    },
    sweep(now) {
      for (const [client, { usedAt }] of records) {
        if (now - usedAt < (ttlMs ?? 0)) break;
        records.delete(client);
      }
      return records.size;
    },
  };
}

/** A bound on memory; beyond it, who was away longest is forgotten first. */
const mostClients = 65_536;

/** One text for each target, to be compared and looked up. */
export function keyOf({ address, port }: Target): string {
  return `${address} ${port}`;
}
