import { addressAt, addressToBits, type Cidr, contains, overlaps, parseCidr, sizeOf } from '../ip.ts';
import type { Settings } from './settings.ts';

/** Says what does not fit together in settings whose fields are each well-formed, as `path: what`. */
export function checkMeaning(settings: Settings): string[] {
  return [
    ...overlapping(settings),
    ...nodeFaults(settings),
    ...serviceFaults(settings),
    ...poolFaults(settings),
  ];
}

/** The sandbox's own address on the nodes' network: the first one. */
export function lanAddress(settings: Settings): string {
  return addressAt(parseCidr(settings.network.nodes), 1);
}

/** The cluster IP of the Service `kubernetes`: the first one, as kube-apiserver takes it. */
export function kubernetesServiceAddress(settings: Settings): string {
  return addressAt(parseCidr(settings.network.services), 1);
}

function* overlapping({ network }: Settings): Iterable<string> {
  const ranges = [
    { name: 'nodes', cidr: network.nodes },
    { name: 'pods', cidr: network.pods },
    { name: 'services', cidr: network.services },
  ];
  for (const [index, b] of ranges.entries()) {
    for (const a of ranges.slice(0, index)) {
      if (!overlaps(parseCidr(a.cidr), parseCidr(b.cidr))) continue;
      yield `network.${b.name}: ${b.cidr} overlaps network.${a.name} ${a.cidr}`;
    }
  }
}

function* nodeFaults(settings: Settings): Iterable<string> {
  const { nodes, network } = settings;
  const lan = parseCidr(network.nodes);
  for (const [index, node] of nodes.entries()) {
    const path = `nodes[${index}]`;
    const before = nodes.slice(0, index);
    if (!contains(lan, node.address)) {
      yield `${path}.address: ${node.address} is outside network.nodes ${network.nodes}`;
    } else if (isReserved(lan, node.address)) {
      yield `${path}.address: ${node.address} is reserved (the network's own, its first, or broadcast address)`;
    }
    if (before.some(({ name }) => name === node.name)) yield `${path}.name: ${node.name} is there twice`;
    if (before.some(({ address }) => address === node.address)) {
      yield `${path}.address: ${node.address} is there twice`;
    }
  }
  const pods = parseCidr(network.pods);
  if (pods.prefix > 24 || sizeOf(pods) / 256n < BigInt(nodes.length)) {
    yield `network.pods: ${network.pods} has no /24 for each of ${nodes.length} nodes`;
  }
}

function* serviceFaults(settings: Settings): Iterable<string> {
  const { dns, services } = settings.network;
  if (!contains(parseCidr(services), dns)) {
    yield `network.dns: ${dns} is outside network.services ${services}`;
  } else if (dns === kubernetesServiceAddress(settings)) {
    yield `network.dns: ${dns} belongs to the Service kubernetes`;
  }
}

function* poolFaults(settings: Settings): Iterable<string> {
  const { loadBalancers, nodes } = settings.network;
  if (loadBalancers === undefined) return;
  const lan = parseCidr(nodes);
  const [from = '', to = ''] = loadBalancers.split('-');
  const [first, last] = [addressToBits(from), addressToBits(to)];
  if (first > last) yield `network.loadBalancers: ${loadBalancers} must go upwards`;
  for (const end of [from, to]) {
    if (!contains(lan, end)) yield `network.loadBalancers: ${end} is outside network.nodes ${nodes}`;
    else if (isReserved(lan, end)) yield `network.loadBalancers: ${end} is reserved`;
  }
  for (const { name, address } of settings.nodes) {
    const bits = addressToBits(address);
    if (bits >= first && bits <= last) yield `network.loadBalancers: ${address} belongs to ${name}`;
  }
}

function isReserved(lan: Cidr, address: string): boolean {
  const offset = addressToBits(address) - lan.bits;
  return offset <= 1n || offset === sizeOf(lan) - 1n;
}
