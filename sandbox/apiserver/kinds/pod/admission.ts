import type { KindContext } from '../kind.ts';
import type { PodObject, PodSpec, PodStatus, Toleration } from './object.ts';
import { quality } from './quality.ts';

/** What Kubernetes' own admission plug-ins add to a new pod: tolerations, priority, service account. Changes it in place. */
export function admitPod(pod: PodObject, { now }: KindContext): void {
  const { spec } = pod;
  spec.serviceAccountName ||= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  spec.priority ??= 0;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
  const added = ['not-ready', 'unreachable']
    .map((state) => `node.kubernetes.io/${state}`)
    .filter((key) => !tolerates(spec, key))
    .map((key): Toleration => {
      return { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
    });
  if (added.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...added];
  pod.status = { phase: 'Pending', qosClass: quality(spec) };
  if (spec.schedulingGates?.length) pod.status.conditions = [gatedCondition(now)];
}

/** True when evictions for the taint `key` are dealt with already (plug-in DefaultTolerationSeconds). */
function tolerates({ tolerations = [] }: PodSpec, wanted: string): boolean {
  return tolerations.some(({ key, effect }) => {
    return (!key || key === wanted) && (!effect || effect === 'NoExecute');
  });
}

function gatedCondition(now: number): NonNullable<PodStatus['conditions']>[number] {
  return {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
    lastTransitionTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
  };
}
