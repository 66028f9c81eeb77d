import { age, ageColumn, nameColumn, textColumn } from '../column.ts';
import type { Column } from '../kind.ts';
import type { PodObject } from './object.ts';
import { summarize } from './status-text.ts';

const wide = { wide: true };

export const podColumns: readonly Column<PodObject>[] = [
  nameColumn,
  textColumn(
    'Ready',
    'The aggregate readiness state of this pod for accepting traffic.',
    (pod: PodObject) => {
      const { ready, total } = summarize(pod);
      return `${ready}/${total}`;
    },
  ),
  textColumn(
    'Status',
    'The aggregate status of the containers in this pod.',
    (pod: PodObject) => summarize(pod).reason,
  ),
  textColumn(
    'Restarts',
    'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    (pod: PodObject, now) => {
      const { restarts, lastRestart } = summarize(pod);
      return restarts > 0 && lastRestart ? `${restarts} (${age(lastRestart, now)} ago)` : `${restarts}`;
    },
  ),
  ageColumn,
  textColumn(
    'IP',
    'podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.',
    ({ status }: PodObject) => status.podIPs?.[0]?.ip || '<none>',
    wide,
  ),
  textColumn(
    'Node',
    'NodeName indicates in which node this pod is scheduled. If empty, this pod is a candidate for scheduling by the scheduler defined in schedulerName. Once this field is set, the kubelet for this node becomes responsible for the lifecycle of this pod. This field should not be used to express a desire for the pod to be scheduled on a specific node. https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename',
    ({ spec }: PodObject) => spec.nodeName || '<none>',
    wide,
  ),
  textColumn(
    'Nominated Node',
    'nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be scheduled right away as preemption victims receive their graceful termination periods. This field does not guarantee that the pod will be scheduled on this node. Scheduler may decide to place the pod elsewhere if other nodes become available sooner. Scheduler may also decide to give the resources on this node to a higher priority pod that is created after preemption. As a result, this field may be different than PodSpec.nodeName when the pod is scheduled.',
    ({ status }: PodObject) => status.nominatedNodeName || '<none>',
    wide,
  ),
  textColumn(
    'Readiness Gates',
    'If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its containers are ready AND all conditions specified in the readiness gates have status equal to "True" More info: https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates',
    gates,
    wide,
  ),
];

function gates({ spec, status }: PodObject): string {
  const wanted = spec.readinessGates ?? [];
  if (wanted.length === 0) return '<none>';
  const met = wanted.filter(({ conditionType }) => {
    return status.conditions?.find(({ type }) => type === conditionType)?.status === 'True';
  });
  return `${met.length}/${wanted.length}`;
}
