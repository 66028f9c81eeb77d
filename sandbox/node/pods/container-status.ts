import type { Container, ContainerStatus, Pod } from './pod.ts';
import type { ContainerExit, ContainerRecord } from './record.ts';
import type { Waiting } from './unit.ts';

/** What is known of a container at one moment. */
export interface ContainerFacts {
  record: ContainerRecord | undefined;
  waiting: Waiting | undefined;
  started: boolean;
  ready: boolean;
}

/** The status of one container, as the kubelet writes it. */
export function containerStatus(container: Container, facts: ContainerFacts, pod: Pod): ContainerStatus {
  const { record } = facts;
  const isRunning = record !== undefined && record.exit === undefined;
  const state = stateOf(facts, pod);
  const last = state.terminated ? record?.last : (record?.exit ?? record?.last);
  return {
    name: container.name,
    state,
    lastState: last ? { terminated: terminatedState(last) } : {},
    ready: isRunning && facts.ready,
    restartCount: record?.restartCount ?? 0,
    image: record?.image ?? container.image ?? '',
    imageID: record?.imageId ?? '',
    started: isRunning && facts.started,
    ...(record && { containerID: `workshop://${record.id}` }),
  };
}

/** The status of an init container: ready once it has done its work. */
export function initContainerStatus(container: Container, facts: ContainerFacts, pod: Pod): ContainerStatus {
  const status = containerStatus(container, facts, pod);
  return { ...status, ready: status.ready || status.state?.terminated?.exitCode === 0 };
}

type State = NonNullable<ContainerStatus['state']>;

function stateOf({ record, waiting }: ContainerFacts, pod: Pod): State {
  if (record && !record.exit) return { running: { startedAt: seconds(record.startedAt) } };
  if (waiting) return { waiting: { ...waiting } };
  if (record?.exit) return { terminated: terminatedState(record.exit) };
  const hasInit = (pod.spec?.initContainers?.length ?? 0) > 0;
  return { waiting: { reason: hasInit ? 'PodInitializing' : 'ContainerCreating' } };
}

function terminatedState(exit: ContainerExit): NonNullable<State['terminated']> {
  return {
    exitCode: exit.exitCode,
    reason: exit.reason,
    ...(exit.message && { message: exit.message }),
    startedAt: seconds(exit.startedAt),
    finishedAt: seconds(exit.finishedAt),
    containerID: `workshop://${exit.id}`,
  };
}

/** RFC 3339 in whole seconds, as the API keeps times. */
export function seconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
