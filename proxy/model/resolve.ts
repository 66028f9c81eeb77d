import { type Family, familyOf, parseLooseCidr } from '../../lib/ip.ts';
import { type Candidate, type Categories, categorize } from './categorize.ts';
import type { NodeRecord, ServicePortRecord, ServiceRecord, SliceRecord } from './records.ts';
import type { Endpoint, Unit } from './unit.ts';

/** The units of a Service in one address family; none when it has no cluster IP of that family. */
export function unitsOf(
  service: ServiceRecord,
  slices: readonly SliceRecord[],
  node: NodeRecord,
  family: Family,
): Unit[] {
  const clusterIP = service.clusterIPs.find((address) => familyOf(address) === family);
  if (clusterIP === undefined) return [];
  const own = slices.filter((slice) => slice.family === family);
  if (own.length > 1) own.sort((a, b) => (a.name < b.name ? -1 : 1));
  const ofFamily = (address: string) => familyOf(address) === family;
  const externalIPs = service.externalIPs.filter(ofFamily);
  const vips = service.vips.filter(ofFamily);
  const sourceRanges = service.sourceRanges.filter((range) => rangeFamily(range) === family);
  return service.ports.map((port) => {
    const candidates = candidatesOf(port, own, node);
    const categories = categorize(candidates, node);
    const { internal, external } = policiesOf(service, categories);
    // Written out, not spread: with ten thousand Services this is where the time goes.
    return {
      id: `${family}/${service.namespace}/${service.name}/${port.name}/${port.protocol}`,
      namespace: service.namespace,
      name: service.name,
      portName: port.name,
      family,
      protocol: port.protocol,
      port: port.port,
      clusterIP,
      nodePort: port.nodePort,
      externalIPs,
      vips,
      sourceRanges,
      affinitySeconds: service.affinitySeconds,
      internal,
      external,
      cluster: categories.cluster.map(endpoint),
      local: internal === 'local' || external === 'local' ? categories.local.map(endpoint) : [],
      serving: servingOf(port, candidates),
    };
  });
}

/** Malformed ranges were refused by the API server; should one get here all the same, it allows nobody. */
function rangeFamily(range: string): Family | undefined {
  try {
    return parseLooseCidr(range).family;
  } catch {
    return undefined;
  }
}

/**
 * All endpoints of a port, over all slices, joined by port *name* and protocol: the number may differ from pod to pod.
 * While an endpoint moves between slices it is in two of them; it counts once (`byAddress`).
 */
function candidatesOf(
  port: ServicePortRecord,
  slices: readonly SliceRecord[],
  node: NodeRecord,
): Candidate[] {
  const found: Candidate[] = [];
  for (const slice of slices) {
    const number = slice.ports.find(({ name, protocol }) => name === port.name && protocol === port.protocol);
    if (!number) continue;
    for (const record of slice.endpoints) {
      const local = record.node === node.name;
      const maybeLocal = local || record.node === undefined;
      found.push({
        address: record.address,
        port: number.port,
        local,
        maybeLocal,
        ready: record.ready,
        serving: record.serving,
        terminating: record.terminating,
        zoneHints: record.zoneHints,
        nodeHints: record.nodeHints,
      });
    }
  }
  if (found.length < 2) return found;
  found.sort(byAddress);
  return found.filter((one, i) => i === 0 || !sameAddress(one, found[i - 1]));
}

/**
 * Of two at one address the first one counts: the one of this node, that which is ready, that which serves; at last the one from the
 * slice with the first name, so that it does not matter which slice was heard of first.
 */
function byAddress(a: Candidate, b: Candidate): number {
  if (a.address !== b.address) return a.address < b.address ? -1 : 1;
  return (
    a.port - b.port ||
    Number(b.local) - Number(a.local) ||
    Number(b.ready) - Number(a.ready) ||
    Number(b.serving) - Number(a.serving)
  );
}

function sameAddress(a: Candidate, b: Candidate | undefined): boolean {
  return a.address === b?.address && a.port === b.port;
}

function policiesOf(service: ServiceRecord, found: Categories): Pick<Unit, 'internal' | 'external'> {
  if (!found.hasAny) return { internal: 'reject', external: 'reject' };
  const anyLocal = found.local.length > 0;
  return {
    internal: service.internalLocal ? (anyLocal ? 'local' : 'drop') : 'cluster',
    external: service.externalLocal ? (anyLocal ? 'local' : 'local-drop') : 'cluster',
  };
}

function endpoint({ address, port, local, maybeLocal }: Candidate): Endpoint {
  return { address, port, local, maybeLocal };
}

/** Kept for UDP alone: nothing asks for it otherwise, and it would double the memory of the endpoints. */
function servingOf(port: ServicePortRecord, candidates: readonly Candidate[]): ReadonlySet<string> {
  if (port.protocol !== 'UDP') return nobody;
  return new Set(candidates.flatMap(({ address, port, serving }) => (serving ? [`${address}:${port}`] : [])));
}

const nobody: ReadonlySet<string> = new Set();
