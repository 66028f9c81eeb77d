import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ClusterFacts, Lab } from '../../labs/lab.ts';
import type { Cluster } from '../../lib/cluster/cluster.ts';
import { isAbort, WorkshopError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';
import { isNotFound } from '../../lib/kube/api-error.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { KubeObject, V1Namespace, Wire } from '../../lib/kube/types.ts';
import { repositoryRoot } from '../../lib/root.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { waitFor } from '../../lib/wait.ts';
import { parseYamlStream } from '../../lib/yaml.ts';

/** A lab's place on the cluster for as long as it runs: its namespaces, and what its checks reach the cluster by. */
export interface LabPlace {
  namespace: string;
  /** See Lab. */
  pace?: number | undefined;
  /** Makes the lab's own namespace. */
  open(signal: AbortSignal): Promise<void>;
  /** What one check, or the set-up, is given. */
  lab(signal: AbortSignal, seen: (text: string) => void): Lab;
  /** Deletes the lab's namespaces; does not wait for them to be empty. */
  close(): Promise<void>;
}

/** The place of a lab that is verified. */
export interface OwnPlace extends LabPlace {
  /** Resolves when no pod is left in the namespaces; after two minutes, or when it is told to end, all the same. */
  emptied(signal: AbortSignal): Promise<void>;
}

/** Marks the namespaces of labs, so that those of a run that was killed can be found. */
export const labLabel = 'workshop/lab';
const runnerAnnotation = 'workshop/runner';
const hostAnnotation = 'workshop/runner-host';

type Namespace = Wire<V1Namespace>;

/** The place of the lab `id` on a cluster, under a name that no other run has. */
export function createLabPlace(
  cluster: Cluster,
  settings: Settings,
  id: string,
  kubectl: string | undefined,
): OwnPlace {
  const client = cluster.client();
  const namespace = `lab-${id}-${randomBytes(3).toString('hex')}`;
  const made = new Set<string>();

  async function create(name: string, signal: AbortSignal): Promise<string> {
    made.add(name);
    const annotations = { [runnerAnnotation]: `${process.pid}`, [hostAnnotation]: hostname() };
    const object: Namespace = { metadata: { name, labels: { [labLabel]: id }, annotations } };
    await client.create(resources.namespaces, object, { signal });
    return name;
  }

  return {
    namespace,
    pace: cluster.pace,
    open: async (signal) => void (await create(namespace, signal)),
    lab: (signal, seen) => viewOf({ cluster, settings, namespace, kubectl, create }, signal, seen),
    close: async () => void (await Promise.all([...made].map((name) => removeNamespace(cluster, name)))),
    emptied: async (signal) =>
      void (await Promise.all([...made].map((name) => podsEnd(cluster, name, signal)))),
  };
}

export interface Place {
  cluster: Cluster;
  settings: Settings;
  namespace: string;
  kubectl: string | undefined;
  create: (name: string, signal: AbortSignal) => Promise<string>;
}

/** What one check, step or set-up in a place is given. */
export function viewOf(place: Place, signal: AbortSignal, seen: (text: string) => void): Lab {
  const { cluster, settings, namespace, kubectl, create } = place;
  const longest = (ms = usualMs) => ms * cluster.pace;
  return {
    client: cluster.client(),
    namespace,
    signal,
    seen,
    cluster: factsOf(settings),
    pace: cluster.pace,
    inPod: (pod, argv, options = {}) => {
      const target = { namespace: options.namespace ?? namespace, pod };
      return cluster.runInPod(target, argv, { timeoutMs: longest(options.timeoutMs), signal });
    },
    onNode: (node, argv, options = {}) => {
      return cluster.runOnNode(node, argv, { timeoutMs: longest(options.timeoutMs), signal });
    },
    kubectl:
      kubectl === undefined
        ? undefined
        : (args) => run(kubectl, ['--kubeconfig', cluster.kubeconfig, ...args], { signal, okCodes: [0, 1] }),
    manifest: readManifest,
    anotherNamespace: (suffix) => create(`${namespace}-${suffix}`, signal),
  };
}

/** Longest time of a command in a pod or on a node. */
const usualMs = 30_000;

/** The objects in a file of manifests/, named without its ending. */
export async function readManifest(name: string): Promise<KubeObject[]> {
  const file = join(repositoryRoot(), 'manifests', `${name}.yaml`);
  return parseYamlStream(await readFile(file, 'utf8'), file) as KubeObject[];
}

/** Deletes the namespaces of labs whose runner on this machine is no more. */
export async function sweepNamespaces(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { items } = await cluster
    .client()
    .list<Namespace>(resources.namespaces, { labelSelector: labLabel, signal });
  const orphans = items.filter(({ metadata }) => {
    const { [runnerAnnotation]: runner, [hostAnnotation]: host } = metadata?.annotations ?? {};
    // On somebody else's cluster, somebody at another computer may be at work.
    const isOurs = host === hostname() || (host === undefined && cluster.backend !== 'kubeconfig');
    return isOurs && !isAlive(Number(runner));
  });
  await Promise.all(orphans.map(({ metadata }) => removeNamespace(cluster, metadata?.name ?? '')));
}

const deleteMs = 5000;

/** Begins to delete a namespace with all that is in it; one that is gone already is fine. */
export async function removeNamespace(cluster: Cluster, name: string): Promise<void> {
  const client = cluster.client();
  const signal = AbortSignal.timeout(deleteMs * cluster.pace);
  try {
    await client.delete(resources.namespaces, { name }, { signal });
  } catch (cause) {
    if (isNotFound(cause)) return;
    if (!isAbort(cause)) throw cause;
    throw new WorkshopError('timeout', `could not delete the namespace ${name}: the API server is too slow`, {
      advice: 'the same again when the cluster is less busy: workshop status',
      cause,
    });
  }
  // The namespace controller would begin with them five seconds later (its namespaceDeletionGracePeriod). Who may not do this waits.
  await client.deleteCollection(resources.pods, { namespace: name, signal }).catch(() => {});
}

async function podsEnd(cluster: Cluster, namespace: string, signal: AbortSignal): Promise<void> {
  const look = () => cluster.client().list(resources.pods, { namespace, signal });
  const areGone = () => look().then(({ items }) => items.length === 0);
  const what = `the end of the pods of ${namespace}`;
  await waitFor(areGone, { what, timeoutMs: 120_000, intervalMs: 1000, signal }).catch(() => {});
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function factsOf({ network }: Settings): ClusterFacts {
  const [from = 0, to = 0] = network.nodePorts.split('-').map(Number);
  return { serviceCidr: network.services, nodePorts: [from, to], domain: network.domain };
}
