import { resources } from '../../lib/kube/resources.ts';
import type { KubeObject, V1Pod, Wire } from '../../lib/kube/types.ts';
import type { Lab } from '../lab.ts';
import { type Look, until } from './until.ts';

export type Pod = Wire<V1Pod>;

/** The pods with a label that are not being deleted, by name. */
export async function podsWith(lab: Lab, labelSelector: string, namespace = lab.namespace): Promise<Pod[]> {
  const { items } = await lab.client.list<Pod>(resources.pods, {
    namespace,
    labelSelector,
    signal: lab.signal,
  });
  return items
    .filter((pod) => pod.metadata?.deletionTimestamp === undefined)
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** Waits until exactly `count` pods with the label are there and Ready; returns them by name. */
export function readyPods(
  lab: Lab,
  labelSelector: string,
  count: number,
  { namespace = lab.namespace, timeoutMs = 20_000 }: { namespace?: string; timeoutMs?: number } = {},
): Promise<Pod[]> {
  return until(
    lab,
    async (): Promise<Look<Pod[]>> => {
      const pods = await podsWith(lab, labelSelector, namespace);
      if (pods.length === count && pods.every(isReady)) return { found: pods };
      return { yet: describePods(pods) };
    },
    {
      expected: `${count} ready pods with ${labelSelector}`,
      look: `kubectl --namespace ${namespace} describe pods --selector ${labelSelector}`,
      timeoutMs,
    },
  );
}

/** Waits until a Service's ready endpoints are exactly these pods, as its EndpointSlices list them. */
export async function endpointsAre(
  lab: Lab,
  service: string,
  pods: readonly Pod[],
  namespace = lab.namespace,
): Promise<void> {
  const wanted = pods.map((pod) => pod.status?.podIP ?? '').sort();
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const addresses = await readyAddresses(lab, service, namespace);
      if (addresses.join() === wanted.join()) return { found: true };
      return { yet: `the endpoints ${addresses.join(', ') || 'none'}` };
    },
    {
      expected: `the Service ${service} to have the endpoints ${wanted.join(', ')}`,
      look: `kubectl --namespace ${namespace} get endpointslices,pods --output wide --show-labels`,
    },
  );
}

/** The addresses of a Service's ready endpoints, sorted. */
export async function readyAddresses(
  lab: Lab,
  service: string,
  namespace = lab.namespace,
): Promise<string[]> {
  const { items } = await lab.client.list<EndpointSlice>(resources.endpointSlices, {
    namespace,
    labelSelector: `kubernetes.io/service-name=${service}`,
    signal: lab.signal,
  });
  const ready = items
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  return ready.flatMap(({ addresses }) => addresses).sort();
}

interface EndpointSlice {
  metadata?: { name?: string };
  endpoints?: { addresses: string[]; conditions?: { ready?: boolean } }[];
}

/** Starts the document's `debug` pod: a busybox to type commands in. Resolves when it is Ready. */
export async function startClient(
  lab: Lab,
  name = 'debug',
  options: { namespace?: string; node?: string } = {},
): Promise<Pod> {
  const { namespace = lab.namespace, node } = options;
  await lab.client.create<Pod>(resources.pods, clientPod(name, namespace, node), { signal: lab.signal });
  return until(
    lab,
    async (): Promise<Look<Pod>> => {
      const pod = await lab.client.get<Pod>(resources.pods, { namespace, name }, { signal: lab.signal });
      return isReady(pod) ? { found: pod } : { yet: describePods([pod]) };
    },
    {
      expected: `the pod ${name} to be ready`,
      look: `kubectl --namespace ${namespace} describe pod ${name}`,
    },
  );
}

/** An idle shell ends only by SIGKILL, so it gets no grace. */
function clientPod(name: string, namespace: string, node: string | undefined): Pod {
  return {
    metadata: { name, namespace, labels: { run: name } },
    spec: {
      containers: [
        { name, image: 'docker.io/busybox', imagePullPolicy: 'IfNotPresent', command: ['sleep', '3600'] },
      ],
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      ...(node !== undefined && { nodeSelector: { 'kubernetes.io/hostname': node } }),
    },
  };
}

/** The name; empty only for an object that was never stored. */
export function nameOf({ metadata }: Pick<KubeObject, 'metadata'>): string {
  return metadata?.name ?? '';
}

/** The pod's address; empty until it has one. */
export function ipOf(pod: Pod): string {
  return pod.status?.podIP ?? '';
}

/** True while the pod may get traffic: its condition Ready. */
export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function describePods(pods: readonly Pod[]): string {
  if (pods.length === 0) return 'no pod';
  return pods.map((pod) => `${nameOf(pod)} ${stateOf(pod)}`).join(', ');
}

function stateOf(pod: Pod): string {
  if (isReady(pod)) return 'ready';
  const waiting = pod.status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting;
  return waiting?.reason ?? pod.status?.phase ?? 'unknown';
}
