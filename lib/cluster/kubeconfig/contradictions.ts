import { addressAt, overlaps, parseCidr, parseLooseCidr } from '../../ip.ts';
import type { V1Node, Wire } from '../../kube/types.ts';
import type { Settings } from '../../settings/settings.ts';
import { didYouMean } from '../../suggest.ts';

/** What a cluster's API says of what the settings say, too. */
export interface ClusterFacts {
  readonly nodes: readonly Wire<V1Node>[];
  /** The cluster IP of the Service `kubernetes`: always the first address of the Services' network. */
  readonly firstService: string | undefined;
  /** The cluster IP of the Service `kube-dns`, where there is one. */
  readonly dns: string | undefined;
}

/** Says where the API contradicts the settings, as `field: what`. Pure. */
export function contradictions({ nodes, network }: Settings, facts: ClusterFacts): string[] {
  const known = new Map(facts.nodes.map((node) => [node.metadata?.name ?? '', node]));
  const names = new Set(nodes.map(({ name }) => name));
  const others = [...known.keys()].filter((name) => !names.has(name));
  return [
    ...nodes.flatMap(({ name, address }, index) => {
      const node = known.get(name);
      if (!node) return [`nodes[${index}].name: the cluster has no node ${name}${didYouMean(name, others)}`];
      return [...addressFault(node, address, index), ...podsFault(node, network.pods)];
    }),
    ...(others.length > 0 ? [`nodes: the cluster also has ${others.join(', ')}`] : []),
    ...servicesFault(network.services, facts.firstService),
    ...dnsFault(network.dns, facts.dns),
  ];
}

function addressFault({ metadata, status }: Wire<V1Node>, address: string, index: number): string[] {
  const own = status?.addresses?.flatMap((each) => (each.type === 'InternalIP' ? [each.address] : [])) ?? [];
  if (own.length === 0 || own.includes(address)) return [];
  return [`nodes[${index}].address: ${address}, but ${metadata?.name} has ${own.join(', ')}`];
}

/** Some networks give pods addresses by themselves and leave the node's field alone, or empty. */
function podsFault({ metadata, spec }: Wire<V1Node>, pods: string): string[] {
  const cidrs = (spec?.podCIDRs ?? [spec?.podCIDR ?? '']).filter((cidr) => cidr.includes('.'));
  const strange = cidrs.filter((cidr) => !overlaps(parseLooseCidr(cidr), parseCidr(pods)));
  return strange.map((cidr) => `network.pods: ${pods}, but the pods of ${metadata?.name} are in ${cidr}`);
}

function servicesFault(services: string, first: string | undefined): string[] {
  if (first === undefined || first === addressAt(parseCidr(services), 1)) return [];
  return [
    `network.services: ${services}, but the Service kubernetes, whose address is the first, has ${first}`,
  ];
}

function dnsFault(dns: string, seen: string | undefined): string[] {
  return seen === undefined || seen === dns
    ? []
    : [`network.dns: ${dns}, but the Service kube-dns has ${seen}`];
}
