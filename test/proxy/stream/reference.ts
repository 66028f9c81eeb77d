import { addressesOf, type Cluster } from './cluster.ts';
import type { EndpointChoice, ServiceChoice } from './events.ts';

/** Where a new connection comes from, as node n1 (192.168.56.11, pods 172.16.1.0/24) sees it. */
export type Client = 'pod' | 'node' | 'outside' | 'partner';

export const clientAddresses: Readonly<Record<Client, string>> = {
  pod: '172.16.1.9',
  node: '192.168.56.11',
  outside: '203.0.113.7',
  partner: '198.51.100.7',
};

export interface Target {
  readonly address: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

/**
 * The second opinion: what a connection meets, read off the cluster's objects afresh each time, by the words of kube-proxy's rules and
 * with no code of the proxy. `nothing` when no Service is concerned; otherwise reject, drop, or the endpoints with what becomes
 * of the client's address and for how long it is kept.
 */
export function reference(cluster: Cluster, client: Client, target: Target): string {
  const owner = ownerOf(cluster, target);
  if (!owner) return isClusterIP(cluster, target.address) ? 'reject' : 'nothing';
  const { name, service, port, door } = owner;
  if (door === 'vip' && !mayPass(service, client)) return 'drop';
  const all = endpointsOf(cluster, name, port);
  const ready = all.filter(({ state }) => state === 'ready');
  const leaving = all.filter(({ state }) => state === 'terminating');
  if (ready.length + leaving.length === 0) return 'reject';
  const anywhere = ready.length > 0 ? near(ready, cluster.zone) : leaving;
  const readyHere = ready.filter(({ node }) => node === 'n1');
  const here = readyHere.length > 0 ? readyHere : leaving.filter(({ node }) => node === 'n1');
  const isOutside = client === 'outside' || client === 'partner';
  const policy = door === 'clusterIP' ? service.internal : isOutside ? service.external : 'Cluster';
  const chosen = policy === 'Local' ? here : anywhere;
  if (chosen.length === 0) return 'drop';
  const list = chosen.map(({ ip, number }) => `${ip}:${number}`).sort();
  const hidden =
    door === 'clusterIP' ? client !== 'pod' : service.external === 'Cluster' || client === 'node';
  return [list.join(), hidden ? 'masqueraded' : 'kept', service.sticky || ''].join(' ');
}

type Door = 'clusterIP' | 'vip' | 'externalIP' | 'nodePort';

function visible(cluster: Cluster): [string, ServiceChoice][] {
  return [...cluster.services]
    .filter(([, { label, type }]) => label === '' && type !== 'ExternalName')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Cluster IPs come first, then load balancers' addresses, then external IPs; among equals the first by name. */
function ownerOf(cluster: Cluster, { address, protocol, port }: Target) {
  for (const door of ['clusterIP', 'vip', 'externalIP', 'nodePort'] as const) {
    for (const [name, service] of visible(cluster)) {
      if (service.protocol !== protocol) continue;
      const found = service.ports.find((one) => isDoor(name, service, one, { door, address, port }));
      if (found !== undefined) return { name, service, port: found, door };
    }
  }
  return undefined;
}

function isDoor(
  name: string,
  service: ServiceChoice,
  own: number,
  { door, address, port }: { door: Door; address: string; port: number },
): boolean {
  const { clusterIP, vip, nodePort } = addressesOf(name);
  if (door === 'nodePort') {
    const has = service.type === 'NodePort' || service.type === 'LoadBalancer';
    return has && address === clientAddresses.node && port === nodePort(own);
  }
  if (port !== own) return false;
  if (door === 'clusterIP') return address === clusterIP;
  if (door === 'vip') return service.type === 'LoadBalancer' && address === vip;
  return service.externalIP !== '' && address === service.externalIP;
}

function isClusterIP(cluster: Cluster, address: string): boolean {
  return visible(cluster).some(
    ([name, { ports }]) => ports.length > 0 && addressesOf(name).clusterIP === address,
  );
}

function mayPass({ ranges }: ServiceChoice, client: Client): boolean {
  if (ranges.length === 0) return true;
  const from: Readonly<Record<Client, string | undefined>> = {
    pod: '172.16.0.0/16',
    node: undefined,
    outside: '203.0.113.0/24',
    partner: '198.51.100.7/32',
  };
  return ranges.includes(from[client] ?? '');
}

type Placed = EndpointChoice & { readonly number: number };

/** An endpoint that stands in two slices counts once: the one of this node, that which is ready, that which serves, the first by slice. */
function endpointsOf(cluster: Cluster, name: string, port: number): Placed[] {
  const found = new Map<string, Placed>();
  for (const [, slice] of [...cluster.slices].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (slice.of !== name) continue;
    for (const one of slice.endpoints) {
      const key = `${one.ip}:${slice.port + port}`;
      const now = { ...one, number: slice.port + port };
      const before = found.get(key);
      if (!before || goodness(now) > goodness(before)) found.set(key, now);
    }
  }
  return [...found.values()];
}

function goodness({ node, state }: Placed): number {
  return (node === 'n1' ? 4 : 0) + (state === 'ready' ? 2 : 0) + (state === 'terminating' ? 1 : 0);
}

/** Hints count only when every ready endpoint has one, and one of them is for us: of nodes first, then of zones. */
function near(ready: readonly Placed[], zone: string): readonly Placed[] {
  const byNode = ready.filter(({ hintNode }) => hintNode === 'n1');
  if (byNode.length > 0 && ready.every(({ hintNode }) => hintNode !== undefined)) return byNode;
  const byZone = ready.filter((one) => zone !== '' && one.zone === zone);
  return byZone.length > 0 && ready.every((one) => one.zone !== undefined) ? byZone : ready;
}
