import { seconds } from './container-status.ts';
import type { ContainerStatus, Pod, PodCondition } from './pod.ts';

export interface ConditionFacts {
  phase: string;
  statuses: readonly ContainerStatus[];
  initStatuses: readonly ContainerStatus[];
  sandboxReady: boolean;
  now: string;
}

interface Verdict {
  status: 'True' | 'False';
  reason?: string;
  message?: string;
}

/** The kubelet's own conditions of a pod, followed by those that others have set. Unchanged ones keep their times. */
export function conditionsOf(pod: Pod, facts: ConditionFacts): PodCondition[] {
  const containers = containersReady(facts);
  const own: [string, Verdict][] = [
    ['PodReadyToStartContainers', { status: facts.sandboxReady ? 'True' : 'False' }],
    ['Initialized', initialized(facts)],
    ['Ready', ready(pod, containers)],
    ['ContainersReady', containers],
    ['PodScheduled', { status: 'True' }],
  ];
  const before = new Map((pod.status?.conditions ?? []).map((condition) => [condition.type, condition]));
  const mine = own.map(([type, verdict]): PodCondition => {
    const old = before.get(type);
    const since = old?.status === verdict.status && old.lastTransitionTime;
    return { type, ...verdict, lastTransitionTime: since || seconds(facts.now) };
  });
  const names = new Set(own.map(([type]) => type));
  return [...mine, ...[...before.values()].filter(({ type }) => !names.has(type))];
}

function containersReady({ phase, statuses }: ConditionFacts): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  return listUnless(statuses, 'ContainersNotReady', 'containers with unready status');
}

function initialized({ phase, initStatuses }: ConditionFacts): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  return listUnless(initStatuses, 'ContainersNotInitialized', 'containers with incomplete status');
}

function listUnless(statuses: readonly ContainerStatus[], reason: string, words: string): Verdict {
  const unready = statuses.filter(({ ready }) => !ready).map(({ name }) => name);
  if (unready.length === 0) return { status: 'True' };
  return { status: 'False', reason, message: `${words}: [${unready.join(' ')}]` };
}

function ready(pod: Pod, containers: Verdict): Verdict {
  if (containers.status !== 'True') return containers;
  const messages = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = pod.status?.conditions?.find(({ type }) => type === conditionType);
    if (!condition)
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    if (condition.status === 'True') return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  if (messages.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') };
}
