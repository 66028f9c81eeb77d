import { timestamp } from '../../../lib/kube/timestamp.ts';
import type { Node } from '../objects.ts';
import type { Taint } from '../taints.ts';

type NodeCondition = NonNullable<NonNullable<Node['status']>['conditions']>[number];
type NodeTaint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';
const unschedulable = 'node.kubernetes.io/unschedulable';
const ours: ReadonlySet<string> = new Set([notReady, unreachable, unschedulable]);

/** The conditions of a node that fell silent; undefined when they say so already. */
export function silentConditions(node: Node, now: number): NodeCondition[] | undefined {
  const before = node.status?.conditions ?? [];
  const types = [...new Set(['Ready', ...before.map(({ type }) => type)])];
  const next = types.map((type): NodeCondition => {
    const old = before.find((condition) => condition.type === type);
    if (old?.status === 'Unknown') return old;
    return {
      ...old,
      type,
      status: 'Unknown',
      reason: old ? 'NodeStatusUnknown' : 'NodeStatusNeverUpdated',
      message: old ? 'Kubelet stopped posting node status.' : 'Kubelet never posted node status.',
      lastTransitionTime: timestamp(now),
    };
  });
  const changed = next.some((condition) => !before.includes(condition));
  return changed ? next : undefined;
}

/** The taints that a node's conditions call for; undefined when it has exactly those (KEP-382: taint by condition). */
export function wantedTaints(node: Node, now: number): NodeTaint[] | undefined {
  const before = node.spec?.taints ?? [];
  const keep = before.filter(({ key }) => !ours.has(key));
  const wanted = conditionTaints(node).map(
    (taint) =>
      before.find(({ key, effect }) => key === taint.key && effect === taint.effect) ?? {
        ...taint,
        ...(taint.effect === 'NoExecute' && { timeAdded: timestamp(now) }),
      },
  );
  const next = [...keep, ...wanted];
  const same = next.length === before.length && next.every((taint) => before.includes(taint));
  return same ? undefined : next;
}

/** True while the node's agent says that pods can run there. */
export function isNodeReady(node: Node): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function conditionTaints(node: Node): Taint[] {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  const taints: Taint[] = [];
  if (!ready) taints.push({ key: notReady, effect: 'NoSchedule' });
  else if (ready.status !== 'True') {
    const key = ready.status === 'False' ? notReady : unreachable;
    taints.push({ key, effect: 'NoSchedule' }, { key, effect: 'NoExecute' });
  }
  if (node.spec?.unschedulable) taints.push({ key: unschedulable, effect: 'NoSchedule' });
  return taints;
}
