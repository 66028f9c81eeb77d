import { apiVersionOf, resources } from '../../lib/kube/resources.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import { demand } from '../check-failure.ts';
import type { Lab } from '../lab.ts';
import { getService, type Service } from '../steps/objects.ts';

/** The files of the lab that cleans up. */
export const manifests = [
  'hostname-deployment',
  'hostname-service-clusterip',
  'hostname-service-nodeport',
] as const;

const kinds = ['deployments', 'replicaSets', 'pods', 'services', 'endpoints', 'endpointSlices'] as const;

export interface Leftover {
  kind: (typeof kinds)[number];
  name: string;
}

/** Everything that is left in the lab's namespace, also what is still ending. */
export async function leftovers(lab: Lab): Promise<Leftover[]> {
  const { client, namespace, signal } = lab;
  const lists = await Promise.all(
    kinds.map((kind) => client.list<KubeObject>(resources[kind], { namespace, signal })),
  );
  return lists.flatMap(({ items }, i) =>
    items.map(({ metadata }) => ({ kind: kinds[i] ?? 'pods', name: metadata?.name ?? '' })),
  );
}

/** Does what `kubectl delete -f` does with the lab's files. What is gone already is fine. */
export async function deleteAll(lab: Lab): Promise<void> {
  const left = await leftovers(lab);
  for (const name of manifests) {
    for (const object of await lab.manifest(name)) {
      const resource = Object.values(resources).find(
        (known) => known.kind === object.kind && apiVersionOf(known) === object.apiVersion,
      );
      demand(resource, { expected: `a known kind in ${name}`, observed: String(object.kind) });
      if (!left.some((each) => resources[each.kind] === resource && each.name === object.metadata?.name))
        continue;
      const ref = { namespace: lab.namespace, name: object.metadata?.name ?? '' };
      await lab.client.delete(resource, ref, { propagationPolicy: 'Background', signal: lab.signal });
    }
  }
}

/** The cluster IPs of the lab's two Services. */
export async function tracesOf(lab: Lab): Promise<string[]> {
  const services = await Promise.all(manifests.slice(1).map((name) => getService(lab, name)));
  return services.map(({ spec }) => spec?.clusterIP ?? '');
}

/** Those of the cluster IPs that no Service has. A freed one may be another Service's already. */
export async function notHeld(lab: Lab, addresses: readonly string[]): Promise<string[]> {
  const { items } = await lab.client.list<Service>(resources.services, { signal: lab.signal });
  const held = new Set(items.map(({ spec }) => spec?.clusterIP));
  return addresses.filter((address) => !held.has(address));
}
