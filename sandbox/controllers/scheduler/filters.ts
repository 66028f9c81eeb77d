import { type Labels, matchesLabels, matchesRequirement } from '../../../lib/kube/selector.ts';
import type { Node, Pod } from '../objects.ts';
import { toleratesTaint } from '../taints.ts';

/** Why a pod does not fit a node, in Kubernetes' words; undefined when it fits. */
export type Filter = (pod: Pod, node: Node, podsThere: readonly Pod[]) => string | undefined;

/** The order is upstream's: the first reason found is the one reported for a node. */
const filters: readonly Filter[] = [
  unschedulable,
  nodeName,
  untoleratedTaint,
  nodeAffinity,
  hostPorts,
  podCount,
];

/** Passes one pod and one node through all filters (upstream: pkg/scheduler/framework/plugins). */
export function whyNot(pod: Pod, node: Node, podsThere: readonly Pod[]): string | undefined {
  for (const filter of filters) {
    const reason = filter(pod, node, podsThere);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function unschedulable(pod: Pod, node: Node): string | undefined {
  const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  if (!node.spec?.unschedulable || toleratesTaint(pod.spec?.tolerations, taint)) return undefined;
  return 'node(s) were unschedulable';
}

function nodeName(pod: Pod, node: Node): string | undefined {
  const wanted = pod.spec?.nodeName;
  if (!wanted || wanted === node.metadata?.name) return undefined;
  return "node(s) didn't match the requested node name";
}

function untoleratedTaint(pod: Pod, node: Node): string | undefined {
  const taint = (node.spec?.taints ?? []).find(
    ({ effect, ...rest }) =>
      (effect === 'NoSchedule' || effect === 'NoExecute') &&
      !toleratesTaint(pod.spec?.tolerations, { effect, ...rest }),
  );
  return taint && 'node(s) had untolerated taint(s)';
}

function nodeAffinity(pod: Pod, node: Node): string | undefined {
  const labels = node.metadata?.labels ?? {};
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = required?.nodeSelectorTerms;
  const fits =
    matchesLabels(pod.spec?.nodeSelector ?? {}, labels) &&
    (terms === undefined || terms.some((term) => matchesTerm(term, labels, node.metadata?.name ?? '')));
  return fits ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

interface Term {
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
  matchFields?: { key: string; operator: string; values?: string[] }[];
}

/** An empty term matches no node. */
function matchesTerm(
  { matchExpressions = [], matchFields = [] }: Term,
  labels: Labels,
  name: string,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => matchesRequirement(requirement, labels)) &&
    matchFields.every((requirement) => matchesRequirement(requirement, { 'metadata.name': name }))
  );
}

function hostPorts(pod: Pod, _node: Node, podsThere: readonly Pod[]): string | undefined {
  const wanted = hostPortsOf(pod);
  if (wanted.length === 0) return undefined;
  const taken = new Set(podsThere.flatMap(hostPortsOf));
  if (!wanted.some((port) => taken.has(port))) return undefined;
  return "node(s) didn't have free ports for the requested pod ports";
}

function hostPortsOf(pod: Pod): string[] {
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort ? [`${protocol}/${hostPort}`] : []));
}

function podCount(_pod: Pod, node: Node, podsThere: readonly Pod[]): string | undefined {
  const room = Number(node.status?.allocatable?.['pods'] ?? Number.POSITIVE_INFINITY);
  return podsThere.length >= room ? 'Too many pods' : undefined;
}
