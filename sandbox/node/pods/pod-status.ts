import { conditionsOf } from './conditions.ts';
import { type ContainerFacts, containerStatus, initContainerStatus, seconds } from './container-status.ts';
import { type ContainerStatus, isSidecar, type Pod, type PodStatus } from './pod.ts';

/** What the node knows of a pod at one moment. */
export interface PodFacts {
  /** Address of the pod, once it has one. */
  address: string | undefined;
  nodeAddress: string;
  startTime: string;
  /** Its namespaces and network stand. */
  sandboxReady: boolean;
  containers: ReadonlyMap<string, ContainerFacts>;
  /** For transition times. */
  now: string;
}

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** The whole status of a pod, a pure function of what is known. As Kubelet.generateAPIPodStatus. */
export function podStatus(pod: Pod, facts: PodFacts): PodStatus {
  const none: ContainerFacts = { record: undefined, waiting: undefined, started: false, ready: false };
  const factsOf = (name: string) => facts.containers.get(name) ?? none;
  const statuses = (pod.spec?.containers ?? []).map((c) => containerStatus(c, factsOf(c.name), pod));
  const init = pod.spec?.initContainers ?? [];
  const initStatuses = init.map((c) => initContainerStatus(c, factsOf(c.name), pod));
  const phase = phaseOf(pod, statuses, initStatuses);
  const { address, nodeAddress } = facts;
  const generation = (pod.metadata as { generation?: number } | undefined)?.generation;
  return {
    ...(generation !== undefined && { observedGeneration: generation }),
    phase,
    conditions: conditionsOf(pod, {
      phase,
      statuses,
      initStatuses,
      sandboxReady: facts.sandboxReady,
      now: facts.now,
    }),
    hostIP: nodeAddress,
    hostIPs: [{ ip: nodeAddress }],
    ...(address && { podIP: address, podIPs: [{ ip: address }] }),
    startTime: seconds(facts.startTime),
    ...(init.length > 0 && { initContainerStatuses: initStatuses }),
    containerStatuses: statuses,
    ...(pod.status?.qosClass && { qosClass: pod.status.qosClass }),
  };
}

/** Upstream getPhase. A phase that is final stays. */
function phaseOf(
  pod: Pod,
  statuses: readonly ContainerStatus[],
  initStatuses: readonly ContainerStatus[],
): Phase {
  const before = pod.status?.phase;
  if (before === 'Succeeded' || before === 'Failed') return before;
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const init = initStatuses.filter((_, index) => {
    const container = pod.spec?.initContainers?.[index];
    return container && !isSidecar(container);
  });
  if (init.some((status) => policy === 'Never' && (status.state?.terminated?.exitCode ?? 0) !== 0))
    return 'Failed';
  if (init.some((status) => status.state?.terminated?.exitCode !== 0)) return 'Pending';
  const count = (test: (status: ContainerStatus) => boolean) => statuses.filter(test).length;
  const running = count(({ state }) => state?.running !== undefined);
  const neverRan = count(({ state, lastState }) => state?.waiting !== undefined && !lastState?.terminated);
  const succeeded = count(({ state }) => state?.terminated?.exitCode === 0);
  if (neverRan > 0) return 'Pending';
  if (running > 0 || policy === 'Always') return 'Running';
  const stopped = count(({ state }) => state?.terminated !== undefined);
  if (stopped < statuses.length) return 'Running';
  if (succeeded === statuses.length) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}
