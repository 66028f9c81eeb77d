import { type Node, nameOf, namespaceOf, type Pod, uidOf } from '../objects.ts';
import { controllerOf } from '../owners.ts';
import { toleratesTaint } from '../taints.ts';
import { whyNot } from './filters.ts';

export interface SchedulingView {
  pod: Pod;
  nodes: readonly Node[];
  /** Pods that are assigned and have not ended, by node. */
  podsByNode: ReadonlyMap<string, readonly Pod[]>;
}

export type Choice = { kind: 'node'; name: string } | { kind: 'none'; message: string };

/**
 * Picks the node for a pod: of those that pass the filters the one with the fewest pods of the same controller, then with
 * the fewest pods, then the first by name. Pure.
 */
export function chooseNode({ pod, nodes, podsByNode }: SchedulingView): Choice {
  if (nodes.length === 0) return { kind: 'none', message: 'no nodes available to schedule pods' };
  const reasons: string[] = [];
  const fitting: { name: string; score: number[] }[] = [];
  for (const node of nodes) {
    const there = podsByNode.get(nameOf(node)) ?? [];
    const reason = whyNot(pod, node, there);
    if (reason !== undefined) reasons.push(reason);
    else fitting.push({ name: nameOf(node), score: scoreOf(pod, node, there) });
  }
  const [best] = fitting.sort((a, b) => compare(a.score, b.score) || (a.name < b.name ? -1 : 1));
  return best
    ? { kind: 'node', name: best.name }
    : { kind: 'none', message: fitError(nodes.length, reasons) };
}

/** The sentence of upstream's FitError, with what its dynamicresources and preemption plugins add (1.35). */
function fitError(nodes: number, reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const preemption = `0/${nodes} nodes are available: ${nodes} Preemption is not helpful for scheduling.`;
  const postFilters = `no new claims to deallocate, preemption: ${preemption}`;
  return `0/${nodes} nodes are available: ${parts.join(', ')}. ${postFilters}`;
}

function scoreOf(pod: Pod, node: Node, there: readonly Pod[]): number[] {
  const owner = controllerOf(pod)?.uid;
  const siblings = owner ? there.filter((other) => controllerOf(other)?.uid === owner).length : 0;
  const unwelcome = (node.spec?.taints ?? []).filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !toleratesTaint(pod.spec?.tolerations, taint),
  );
  const others = there.filter((other) => namespaceOf(other) !== 'kube-system' && uidOf(other) !== uidOf(pod));
  return [unwelcome.length, siblings, others.length];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
