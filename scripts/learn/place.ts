import type { Cluster } from '../../lib/cluster/cluster.ts';
import { isNotFound } from '../../lib/kube/api-error.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1Namespace, Wire } from '../../lib/kube/types.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { waitFor } from '../../lib/wait.ts';
import { type LabPlace, removeNamespace, viewOf } from '../verify/lab-context.ts';

/** Marks a learner's own namespaces; `workshop verify` sweeps only those of its own runs. */
const courseLabel = 'workshop/course';

type Namespace = Wire<V1Namespace>;

/** The namespace in which a learner does a lab; the same one the next day. */
export function learnersNamespace(lab: string): string {
  return `lab-${lab}`;
}

/** A learner's place on a cluster. `close` gives its namespaces up, with all that is in them. */
export function createLearnersPlace(
  cluster: Cluster,
  settings: Settings,
  lab: string,
  kubectl: string | undefined,
): LabPlace {
  const client = cluster.client();
  const namespace = learnersNamespace(lab);
  const create = (name: string, signal: AbortSignal) => ensureNamespace(cluster, name, lab, signal);
  return {
    namespace,
    open: async (signal) => void (await create(namespace, signal)),
    lab: (signal, seen) => viewOf({ cluster, settings, namespace, kubectl, create }, signal, seen),
    async close() {
      const { items } = await client.list<Namespace>(resources.namespaces, {
        labelSelector: `${courseLabel}=${lab}`,
        signal: AbortSignal.timeout(5000),
      });
      await Promise.all(items.map(({ metadata }) => removeNamespace(cluster, metadata?.name ?? '')));
    },
  };
}

/** Makes it unless it is there; one that is just going away is waited for. */
async function ensureNamespace(
  cluster: Cluster,
  name: string,
  lab: string,
  signal: AbortSignal,
): Promise<string> {
  const client = cluster.client();
  const find = () => {
    return client.get<Namespace>(resources.namespaces, { name }, { signal }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  };
  let there = await find();
  if (there?.metadata?.deletionTimestamp !== undefined) {
    const isGone = async () => (await find()) === undefined;
    const what = `the end of the old namespace ${name}`;
    await waitFor(isGone, { what, timeoutMs: 60_000 * cluster.pace, signal });
    there = undefined;
  }
  if (there === undefined) {
    const object: Namespace = { metadata: { name, labels: { [courseLabel]: lab } } };
    await client.create(resources.namespaces, object, { signal });
  }
  return name;
}
