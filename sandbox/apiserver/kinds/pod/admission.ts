import type { KindContext } from '../kind.ts';
import type { PodObject, PodSpec, PodStatus, Toleration } from './object.ts';
import { quality } from './quality.ts';

/** What Kubernetes' own admission plug-ins add to a new pod: tolerations, priority, service account. Changes it in place. */
export function admitPod(pod: PodObject, context: KindContext): void {
  const { spec } = pod;
  spec.serviceAccountName ||= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  addPullSecrets(pod, context);
  spec.priority ??= 0;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
  addTolerations(spec);
  pod.status = { phase: 'Pending', qosClass: quality(spec) };
  if (spec.schedulingGates?.length) pod.status.conditions = [gatedCondition(context.now)];
}

/** What they add to a changed one, so that the manifest it was made from can be sent again. */
export function admitPodUpdate({ spec }: PodObject, { spec: old }: PodObject): void {
  if (old.serviceAccountName) spec.serviceAccountName ??= old.serviceAccountName;
  if (old.serviceAccount) spec.serviceAccount ??= old.serviceAccount;
  if (old.imagePullSecrets) spec.imagePullSecrets ??= old.imagePullSecrets;
  if (old.priority !== undefined) spec.priority ??= old.priority;
  if (old.preemptionPolicy !== undefined) spec.preemptionPolicy ??= old.preemptionPolicy;
  addTolerations(spec);
}

/** A pod without pull secrets of its own has those of its service account. */
function addPullSecrets({ metadata, spec }: PodObject, { find }: KindContext): void {
  if (spec.imagePullSecrets?.length) return;
  const account = find('serviceaccounts', metadata.namespace).find(
    (one) => one.metadata.name === spec.serviceAccountName,
  ) as { imagePullSecrets?: { name: string }[] } | undefined;
  const secrets = account?.imagePullSecrets ?? [];
  if (secrets.length > 0) spec.imagePullSecrets = secrets.map(({ name }) => ({ name }));
}

function addTolerations(spec: PodSpec): void {
  const added = ['not-ready', 'unreachable']
    .map((state) => `node.kubernetes.io/${state}`)
    .filter((key) => !tolerates(spec, key))
    .map((key): Toleration => {
      return { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
    });
  if (added.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...added];
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
