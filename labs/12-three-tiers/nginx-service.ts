import { ApiError } from '../../lib/kube/api-error.ts';
import { apply } from '../../lib/kube/apply/apply.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { Lab } from '../lab.ts';
import type { Service } from '../steps/objects.ts';

/** The documents' node port. There is one of each number in a cluster, so another Service may hold it. */
export const wantedNodePort = 30_001;

/** Applies the document's nginx-service, at 30001 or at the next node port that nobody holds. Returns the port. */
export async function applyNginxService(lab: Lab): Promise<number> {
  const [manifest] = (await lab.manifest('nginx-service')) as Service[];
  const free = await freePorts(lab);
  for (const nodePort of free) {
    const ports = manifest?.spec?.ports?.map((port) => ({ ...port, nodePort })) ?? [];
    const service: Service = { ...manifest, spec: { ...manifest?.spec, ports } };
    try {
      await apply(lab.client, service, { namespace: lab.namespace, signal: lab.signal });
      return nodePort;
    } catch (error) {
      const taken = error instanceof ApiError && error.code === 422 && /allocated/.test(error.message);
      if (!taken || nodePort === free.at(-1)) throw error;
    }
  }
  return 0;
}

/** The Services of other namespaces that hold this node port, as `namespace/name`. */
export async function holdersOf(lab: Lab, port: number): Promise<string[]> {
  const { items } = await lab.client.list<Service>(resources.services, { signal: lab.signal });
  return items
    .filter(({ metadata }) => metadata?.namespace !== lab.namespace)
    .filter(({ spec }) => spec?.ports?.some(({ nodePort }) => nodePort === port))
    .map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
}

/** 30001 and the numbers behind it that no other Service holds; a few, since somebody may be quicker. */
async function freePorts(lab: Lab): Promise<number[]> {
  const { items } = await lab.client.list<Service>(resources.services, { signal: lab.signal });
  const others = items.filter(
    ({ metadata }) => metadata?.namespace !== lab.namespace || metadata?.name !== 'nginx-service',
  );
  const taken = new Set(others.flatMap(({ spec }) => spec?.ports?.map(({ nodePort }) => nodePort) ?? []));
  const candidates = Array.from({ length: 100 }, (_, i) => wantedNodePort + i);
  return candidates.filter((port) => !taken.has(port)).slice(0, 5);
}
