import { createdAt, type Pod } from '../objects.ts';
import { readySince } from '../pod-state.ts';

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** The annotation by which a user says which pod may go first (KEP-2255); the default is 0, lower goes earlier. */
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';

/**
 * Pods in the order in which they are given up: unassigned, not running, not ready, cheap, on crowded nodes, ready for
 * the shorter time, often restarted, young (upstream: ActivePodsWithRanks in pkg/controller/controller_utils.go).
 */
export function deletionOrder(
  pods: readonly Pod[],
  now: number,
  crowd: ReadonlyMap<string, number> = crowdOf(pods),
): Pod[] {
  const ranked = pods.map((pod) => ({ pod, rank: rankOf(pod, now, crowd) }));
  ranked.sort((a, b) => compare(a.rank, b.rank));
  return ranked.map(({ pod }) => pod);
}

/** How many of the pods run on each node. */
export function crowdOf(pods: readonly Pod[]): Map<string, number> {
  const crowd = new Map<string, number>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName ?? '';
    crowd.set(node, (crowd.get(node) ?? 0) + 1);
  }
  return crowd;
}

function rankOf(pod: Pod, now: number, crowd: ReadonlyMap<string, number>): number[] {
  const ready = readySince(pod);
  return [
    pod.spec?.nodeName ? 1 : 0,
    phaseRank[pod.status?.phase ?? 'Pending'] ?? 1,
    ready === undefined ? 0 : 1,
    Number(pod.metadata?.annotations?.[deletionCost] ?? 0) || 0,
    -(crowd.get(pod.spec?.nodeName ?? '') ?? 0),
    logAge(ready ?? now, now),
    -restarts(pod),
    logAge(createdAt(pod), now),
  ];
}

/** Ages are compared by their order of magnitude, so that pods of about the same age go in no fixed order (KEP-2185). */
function logAge(since: number, now: number): number {
  return Math.floor(Math.log2(Math.max(1, now - since)));
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
