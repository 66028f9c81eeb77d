import { isNotFound } from '../../lib/kube/api-error.ts';
import { type Applied, apply } from '../../lib/kube/apply/apply.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1Node, V1Service, Wire } from '../../lib/kube/types.ts';
import type { Lab } from '../lab.ts';

export type Service = Wire<V1Service>;

export interface PlaceOptions {
  /** Default: the lab's own namespace. */
  namespace?: string;
  /** Only the objects of this kind. */
  only?: string;
}

/** Applies the objects of one of the documents' files, as `kubectl apply -f` does. */
export async function applyManifest(
  lab: Lab,
  name: string,
  { namespace = lab.namespace, only }: PlaceOptions = {},
): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (const object of await lab.manifest(name)) {
    if (only !== undefined && object.kind !== only) continue;
    applied.push(await apply(lab.client, object, { namespace, signal: lab.signal }));
  }
  return applied;
}

/** Reads a Service. */
export function getService(lab: Lab, name: string, namespace = lab.namespace): Promise<Service> {
  return lab.client.get<Service>(resources.services, { namespace, name }, { signal: lab.signal });
}

/** The Service's cluster IP. */
export async function clusterIpOf(lab: Lab, name: string, namespace = lab.namespace): Promise<string> {
  return (await getService(lab, name, namespace)).spec?.clusterIP ?? '';
}

/** Deletes an object; one that is not there is fine. */
export async function remove(
  lab: Lab,
  resource: (typeof resources)[keyof typeof resources],
  name: string,
): Promise<void> {
  const ref = { namespace: lab.namespace, name };
  await lab.client.delete(resource, ref, { signal: lab.signal }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

export interface NodeFacts {
  name: string;
  address: string;
}

/** Every node with its internal address, by name. */
export async function nodesOf(lab: Lab): Promise<NodeFacts[]> {
  const { items } = await lab.client.list<Wire<V1Node>>(resources.nodes, { signal: lab.signal });
  return items
    .map((node) => ({
      name: node.metadata?.name ?? '',
      address: node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
