import type { Endpoint, EndpointSlice } from '../objects.ts';
import { canonicalJson } from '../template-hash.ts';
import type { AddressType, EndpointGroup } from './desired.ts';

/** Upstream's `--max-endpoints-per-slice`. */
const maxEndpoints = 100;

export interface SlicePlan {
  create: Pick<EndpointSlice, 'addressType' | 'ports' | 'endpoints'>[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
}

/**
 * The fewest writes that turn the present slices into the wanted endpoints: endpoints stay in their slices, new ones fill
 * what has room, empty slices go. A Service without endpoints keeps one empty slice per family. Pure.
 */
export function planSlices(
  groups: readonly EndpointGroup[],
  existing: readonly EndpointSlice[],
  families: readonly AddressType[],
): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: [] };
  const kept = new Set<EndpointSlice>();
  const wanted = [...groups, ...placeholders(groups, families)];
  for (const group of wanted) {
    const own = existing.filter((slice) => keyOf(slice) === keyOf(group));
    fill(group, own, plan, kept);
  }
  return reuse(
    plan,
    existing.filter((slice) => !kept.has(slice)),
  );
}

/** A slice that is no longer needed takes the place of a new one of its family: one write instead of two. */
function reuse(plan: SlicePlan, spare: readonly EndpointSlice[]): SlicePlan {
  const remove = [...spare];
  const create: SlicePlan['create'] = [];
  const update = [...plan.update];
  for (const wanted of plan.create) {
    const at = remove.findIndex((slice) => slice.addressType === wanted.addressType);
    const [slice] = at < 0 ? [] : remove.splice(at, 1);
    if (slice) update.push({ ...slice, ...wanted });
    else create.push(wanted);
  }
  return { create, update, remove };
}

function placeholders(groups: readonly EndpointGroup[], families: readonly AddressType[]): EndpointGroup[] {
  return families
    .filter((family) => !groups.some((group) => group.addressType === family))
    .map((addressType) => ({ addressType, ports: [], endpoints: [] }));
}

function fill(
  group: EndpointGroup,
  slices: readonly EndpointSlice[],
  plan: SlicePlan,
  kept: Set<EndpointSlice>,
): void {
  const waiting = new Map(group.endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const contents = slices.map((slice) => ({ slice, endpoints: takeKnown(slice, waiting) }));
  const left = [...waiting.values()];
  for (const content of contents)
    content.endpoints.push(...left.splice(0, maxEndpoints - content.endpoints.length));
  const keepEmpty = group.endpoints.length === 0 ? contents[0] : undefined;
  for (const content of contents) {
    if (content.endpoints.length === 0 && content !== keepEmpty) continue;
    kept.add(content.slice);
    if (canonicalJson(content.endpoints) !== canonicalJson(content.slice.endpoints ?? [])) {
      plan.update.push({ ...content.slice, endpoints: content.endpoints });
    }
  }
  const { addressType, ports } = group;
  if (group.endpoints.length === 0 && !keepEmpty) plan.create.push({ addressType, ports, endpoints: [] });
  while (left.length > 0) plan.create.push({ addressType, ports, endpoints: left.splice(0, maxEndpoints) });
}

/** The endpoints of a slice that are still wanted, as they are to be now; they are taken off the waiting list. */
function takeKnown(slice: EndpointSlice, waiting: Map<string, Endpoint>): Endpoint[] {
  return (slice.endpoints ?? []).flatMap((old) => {
    const now = waiting.get(identity(old));
    waiting.delete(identity(old));
    return now ? [now] : [];
  });
}

function identity(endpoint: Endpoint): string {
  return `${endpoint.targetRef?.uid ?? ''} ${endpoint.addresses.join(',')}`;
}

/** Slices may hold only endpoints of one family and one list of ports. */
function keyOf({ addressType, ports }: Pick<EndpointSlice, 'addressType' | 'ports'>): string {
  return canonicalJson([addressType, ports ?? []]);
}
