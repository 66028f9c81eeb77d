import { addressAt, type Cidr, contains, formatCidr, sizeOf } from '../../../lib/ip.ts';
import { type Node, nameOf } from '../objects.ts';

export interface CidrPlan {
  assign: { name: string; cidr: string }[];
  /** Nodes for which no subnet is left. */
  exhausted: string[];
}

/** Gives each node without a podCIDR the first free subnet, in the order of their names. Pure. */
export function planPodCidrs(nodes: readonly Node[], cluster: Cidr, maskSize: number): CidrPlan {
  const taken = new Set(nodes.flatMap((node) => node.spec?.podCIDRs ?? node.spec?.podCIDR ?? []));
  const waiting = nodes
    .filter((node) => !node.spec?.podCIDR)
    .map(nameOf)
    .sort();
  const plan: CidrPlan = { assign: [], exhausted: [] };
  const subnets = subnetsOf(cluster, maskSize);
  for (const name of waiting) {
    const free = nextFree(subnets, taken);
    if (free === undefined) plan.exhausted.push(name);
    else plan.assign.push({ name, cidr: free });
  }
  return plan;
}

function nextFree(subnets: Iterator<string>, taken: ReadonlySet<string>): string | undefined {
  for (let next = subnets.next(); !next.done; next = subnets.next()) {
    if (!taken.has(next.value)) return next.value;
  }
  return undefined;
}

function* subnetsOf(cluster: Cidr, maskSize: number): Generator<string> {
  const width = cluster.family === 'IPv4' ? 32 : 128;
  const step = 1n << BigInt(width - maskSize);
  for (let offset = 0n; offset < sizeOf(cluster); offset += step) {
    const address = addressAt(cluster, offset);
    if (contains(cluster, address)) {
      yield formatCidr({ family: cluster.family, bits: cluster.bits + offset, prefix: maskSize });
    }
  }
}
