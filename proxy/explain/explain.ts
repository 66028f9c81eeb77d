import { contains, parseLooseCidr } from '../../lib/ip.ts';
import { allowedRanges } from '../model/source-ranges.ts';
import type { Endpoint, Unit } from '../model/unit.ts';
import type { Mode } from '../plan.ts';
import { placeOf } from './place.ts';

/** Who opens the connection, as the node that is asked about sees it. */
export interface Client {
  /** `node`: that node itself; another node counts as outside. */
  readonly kind: 'pod' | 'node' | 'outside';
  readonly address: string;
}

/** The address that the client uses. */
export interface Door {
  readonly kind: 'cluster-ip' | 'node-port' | 'load-balancer' | 'external-ip';
  readonly address: string;
}

export interface Explanation {
  /** `namespace/name:port/TCP`. */
  readonly service: string;
  /** `address:port` as the client writes it. */
  readonly to: string;
  readonly verdict: 'endpoints' | 'reject' | 'drop';
  /** The endpoints that the connection may meet; empty unless the verdict is `endpoints`. */
  readonly endpoints: readonly Endpoint[];
  readonly source: 'kept' | 'node' | undefined;
  readonly place: string;
  /** Why, step by step. */
  readonly why: readonly string[];
}

/**
 * What a new connection to a Service meets on one node, and why, by the same facts that the backends write into the kernel
 * (proxy/model/unit.ts; table of kube-proxy's verdicts in docs/nftables.md). Pure.
 */
export function explain(
  unit: Unit,
  client: Client,
  door: Door,
  { mode, scheduler, nodeIps }: { mode: Mode; scheduler: string; nodeIps: readonly string[] },
): Explanation {
  const guard = guardedOut(unit, client, door, nodeIps);
  const { verdict, list, why } = guard ?? decide(unit, client, door);
  const refused = mode === 'userspace' && unit.protocol === 'SCTP';
  const endpoints = verdict === 'endpoints' && !refused ? unit[list] : [];
  const final = refused ? 'reject' : verdict;
  const source = final === 'endpoints' ? sourceOf(unit, client, door, { mode, list }) : undefined;
  const port = door.kind === 'node-port' ? unit.nodePort : unit.port;
  const more = [
    ...(refused ? ['userspace mode cannot carry SCTP, so it is refused'] : []),
    ...(final === 'endpoints' ? pickWords(unit, mode, scheduler, endpoints.length) : []),
    ...(source ? [source.why] : []),
  ];
  const outside = client.kind === 'outside';
  return {
    service: `${unit.namespace}/${unit.name}${unit.portName ? `:${unit.portName}` : ''}/${unit.protocol}`,
    to: `${door.address.includes(':') ? `[${door.address}]` : door.address}:${port}`,
    verdict: final,
    endpoints,
    source: source?.seen,
    place: guard
      ? guard.place
      : placeOf(unit, door, { mode, verdict: final, local: list === 'local', outside }),
    why: [...why, ...more],
  };
}

interface Decision {
  readonly verdict: Explanation['verdict'];
  readonly list: 'cluster' | 'local';
  readonly why: readonly string[];
}

function guardedOut(
  unit: Unit,
  client: Client,
  door: Door,
  nodeIps: readonly string[],
): (Decision & { place: string }) | undefined {
  if (door.kind !== 'load-balancer' || unit.sourceRanges.length === 0) return undefined;
  const ranges = allowedRanges(unit.sourceRanges, door.address, nodeIps);
  if (ranges === 'all' || ranges.some((range) => contains(parseLooseCidr(range), client.address)))
    return undefined;
  const why = `${client.address} is in none of loadBalancerSourceRanges (${unit.sourceRanges.join(', ')}), so its packets are dropped`;
  return {
    verdict: 'drop',
    list: 'cluster',
    why: [why],
    place: 'the rules for source ranges, before all others',
  };
}

function decide(unit: Unit, client: Client, door: Door): Decision {
  if (door.kind === 'cluster-ip') return decideInternal(unit);
  const { external } = unit;
  if (external === 'reject') return noEndpoint;
  const everyone = `any of the ${unit.cluster.length} endpoints that this node may use for policy Cluster`;
  if (external === 'cluster') {
    return { verdict: 'endpoints', list: 'cluster', why: [`externalTrafficPolicy is Cluster: ${everyone}`] };
  }
  if (client.kind !== 'outside') {
    const who = client.kind === 'pod' ? 'a pod' : 'this node itself';
    const why = `externalTrafficPolicy is Local, which is for clients from outside; ${who} is served by ${everyone}`;
    return { verdict: 'endpoints', list: 'cluster', why: [why] };
  }
  if (external === 'local') {
    return {
      verdict: 'endpoints',
      list: 'local',
      why: ['externalTrafficPolicy is Local: endpoints of this node alone'],
    };
  }
  const why =
    'externalTrafficPolicy is Local and no endpoint is on this node: packets from outside are dropped';
  return { verdict: 'drop', list: 'local', why: [why] };
}

function decideInternal({ internal, cluster }: Unit): Decision {
  if (internal === 'reject') return noEndpoint;
  if (internal === 'drop') {
    const why = 'internalTrafficPolicy is Local and no endpoint is on this node: packets are dropped';
    return { verdict: 'drop', list: 'local', why: [why] };
  }
  if (internal === 'local') {
    return {
      verdict: 'endpoints',
      list: 'local',
      why: ['internalTrafficPolicy is Local: endpoints of this node alone'],
    };
  }
  const why = `internalTrafficPolicy is Cluster: any of the ${cluster.length} endpoints that this node may use`;
  return { verdict: 'endpoints', list: 'cluster', why: [why] };
}

const noEndpoint: Decision = {
  verdict: 'reject',
  list: 'cluster',
  why: [
    'the Service port has no endpoint that is ready, or still serves while it ends: connections are refused at once',
  ],
};

function pickWords(unit: Unit, mode: Mode, scheduler: string, count: number): string[] {
  const retry =
    mode === 'userspace' ? '; one that does not answer is left for the next within the connection' : '';
  const words: Readonly<Record<string, string>> = { rr: 'in turn', random: 'by chance' };
  const how = `picked ${words[scheduler] ?? `by the scheduler ${scheduler}`} (mode ${mode})${retry}`;
  const sticky =
    unit.affinitySeconds === undefined
      ? []
      : [
          `sessionAffinity is ClientIP: a client comes back to the same one until ${unit.affinitySeconds} s after its last connection`,
        ];
  return [count === 1 ? `there is but one (mode ${mode})` : how, ...sticky];
}

/** Who the endpoint sees as its client (kube-proxy.md §3). */
function sourceOf(
  unit: Unit,
  client: Client,
  door: Door,
  { mode, list }: { mode: Mode; list: 'cluster' | 'local' },
): { seen: 'kept' | 'node'; why: string } {
  const node = (why: string) => ({
    seen: 'node' as const,
    why: `the endpoint sees this node's address: ${why}`,
  });
  if (mode === 'userspace') return node("in mode userspace the connection to it is the proxy's own");
  if (door.kind !== 'cluster-ip' && unit.external === 'cluster')
    return node('traffic to external addresses is masqueraded');
  if (door.kind !== 'cluster-ip' && list === 'local') return kept(client, unit[list]);
  if (client.kind === 'node')
    return { seen: 'node', why: 'the endpoint sees this node as its client, which it is' };
  if (client.kind === 'outside')
    return node('the client is no pod, so its traffic to a cluster IP is masqueraded');
  return kept(client, unit[list]);
}

function kept(client: Client, endpoints: readonly Endpoint[]): { seen: 'kept' | 'node'; why: string } {
  const itself = endpoints.some(({ address }) => address === client.address);
  const hairpin = itself ? ', unless it meets itself: then that of the node (hairpin)' : '';
  return { seen: 'kept', why: `the endpoint sees the client's own address ${client.address}${hairpin}` };
}
