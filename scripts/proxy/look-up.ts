import { WorkshopError } from '../../lib/errors.ts';
import { type Family, familyOf } from '../../lib/ip.ts';
import { type Resource, resources } from '../../lib/kube/resources.ts';
import type { KubeObject, V1EndpointSlice, V1Node, V1Pod, V1Service, Wire } from '../../lib/kube/types.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Client, Door } from '../../proxy/explain/explain.ts';
import { findDoor } from '../../proxy/explain/find-door.ts';
import { nodeRecord, serviceRecord, sliceRecord } from '../../proxy/model/from-kube.ts';
import type { NodeRecord, SliceRecord } from '../../proxy/model/records.ts';
import { unitsOf } from '../../proxy/model/resolve.ts';
import type { Unit } from '../../proxy/model/unit.ts';
import type { ProxyContext } from './command.ts';

export interface Question {
  readonly node: NodeRecord;
  readonly client: Client & { readonly pod?: { namespace: string; pod: string } };
  readonly unit: Unit;
  readonly door: Door;
}

/**
 * Finds what the words of `proxy explain NODE CLIENT SERVICE[:PORT]` mean in the cluster, by the model that the proxies use.
 * Throws WorkshopError `usage` that names the word at fault.
 */
export async function lookUp(
  cluster: ProxyContext['cluster'],
  nodeName: string,
  clientWord: string,
  target: string,
): Promise<Question> {
  const all = await readAll(cluster);
  const nodes = all.nodes.map(nodeRecord);
  const node = nodes.find(({ name }) => name === nodeName);
  if (!node)
    throw notFound(
      'node',
      nodeName,
      nodes.map(({ name }) => name),
    );
  const wanted = parseTarget(target);
  const family = familyOf(wanted.address ?? '') ?? 'IPv4';
  const units = unitsFor(all, node, family).filter((unit) => fits(unit, wanted));
  const services = all.services.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
  if (units.length === 0) throw notFound('Service', target, services);
  const nodeIp = node.addresses.find((address) => familyOf(address) === family);
  const found = findDoor(units, wanted, nodeIp);
  if (!found) {
    const ports = units.map(({ port, protocol }) => `${port}/${protocol}`).join(', ');
    throw new WorkshopError('usage', `could not find the port ${wanted.port} of ${target}`, {
      advice: ports,
    });
  }
  return { node, client: clientOf(clientWord, all.pods, nodes, { node, family }), ...found };
}

type All = Awaited<ReturnType<typeof readAll>>;

async function readAll(cluster: ProxyContext['cluster']) {
  const client = cluster.client();
  const list = async <T extends KubeObject>(resource: Resource) => (await client.list<T>(resource)).items;
  const [nodes, services, slices, pods] = await Promise.all([
    list<Wire<V1Node> & KubeObject>(resources.nodes),
    list<Wire<V1Service> & KubeObject>(resources.services),
    list<Wire<V1EndpointSlice> & KubeObject>(resources.endpointSlices),
    list<Wire<V1Pod> & KubeObject>(resources.pods),
  ]);
  return { nodes, services, slices, pods };
}

function unitsFor({ services, slices }: All, node: NodeRecord, family: Family): Unit[] {
  const records = slices.map(sliceRecord).filter((slice): slice is SliceRecord => slice !== undefined);
  return services.flatMap((object) => {
    const service = serviceRecord(object);
    if (!service) return [];
    const own = records.filter(
      (slice) => slice.namespace === service.namespace && slice.service === service.name,
    );
    return unitsOf(service, own, node, family);
  });
}

interface Target {
  readonly namespace: string;
  readonly name: string;
  readonly address: string | undefined;
  readonly port: string | undefined;
}

function parseTarget(word: string): Target {
  const [, v6, plain = '', port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(.+))?$/.exec(word) ?? [];
  const host = v6 ?? plain;
  if (familyOf(host) !== undefined) return { namespace: '', name: '', address: host, port };
  const [namespace = '', name = ''] = host.includes('/') ? host.split('/') : ['default', host];
  return { namespace, name, address: undefined, port };
}

function fits(unit: Unit, { namespace, name, address, port }: Target): boolean {
  if (address === undefined) return unit.namespace === namespace && unit.name === name;
  const own = [unit.clusterIP, ...unit.vips, ...unit.externalIPs].includes(address);
  return own || (unit.nodePort !== 0 && String(unit.nodePort) === port);
}

function clientOf(
  word: string,
  pods: All['pods'],
  nodes: readonly NodeRecord[],
  here: { node: NodeRecord; family: Family },
): Question['client'] {
  const ofFamily = (address: string) => familyOf(address) === here.family;
  const node = nodes.find(({ name, addresses }) => name === word || addresses.includes(word));
  if (node) {
    const kind = node.name === here.node.name ? 'node' : 'outside';
    return { kind, address: node.addresses.find(ofFamily) ?? word };
  }
  const [namespace = '', name = ''] = word.includes('/') ? word.split('/') : ['default', word];
  const pod = pods.find(({ metadata, status }) => {
    const named = metadata?.namespace === namespace && metadata.name === name;
    return named || (familyOf(word) !== undefined && status?.podIP === word);
  });
  if (pod) return podClient(pod, ofFamily, word);
  if (familyOf(word) !== undefined) return { kind: 'outside', address: word };
  throw notFound('client', word, [
    ...nodes.map((one) => one.name),
    ...pods.map((one) => one.metadata?.name ?? ''),
  ]);
}

/** A pod in the network of its node is that node for the proxy; here it counts as a pod all the same when it is known by name. */
function podClient(
  { metadata = {}, status }: All['pods'][number],
  ofFamily: (address: string) => boolean,
  word: string,
): Question['client'] {
  const address = status?.podIPs?.map(({ ip }) => ip).find(ofFamily) ?? status?.podIP ?? '';
  if (address === '') {
    throw new WorkshopError('usage', `could not use the pod ${word}: it has no address yet`, {
      advice: 'kubectl get pods -o wide',
    });
  }
  return { kind: 'pod', address, pod: { namespace: metadata.namespace ?? '', pod: metadata.name ?? '' } };
}

function notFound(what: string, word: string, known: readonly string[]): WorkshopError {
  return new WorkshopError('usage', `could not find the ${what} ${word}${didYouMean(word, known)}`, {
    advice:
      what === 'Service'
        ? 'kubectl get services --all-namespaces'
        : 'kubectl get nodes,pods --all-namespaces -o wide',
  });
}
