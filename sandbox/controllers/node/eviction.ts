import type { Node, Pod } from '../objects.ts';
import { coveringTolerations, type Toleration } from '../taints.ts';

/** What admission gives every pod upstream (DefaultTolerationSeconds); assumed where it has not been given. */
const defaults: readonly Toleration[] = ['not-ready', 'unreachable'].map((name) => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

/**
 * When a pod has to leave its node because of NoExecute taints: milliseconds since 1970, undefined for never
 * (upstream: pkg/controller/tainteviction). Pure.
 */
export function evictionTime(pod: Pod, node: Node, now: number): number | undefined {
  const own = pod.spec?.tolerations ?? [];
  const tolerations = [...own, ...defaults.filter(({ key }) => !own.some((other) => other.key === key))];
  const times = (node.spec?.taints ?? [])
    .filter(({ effect }) => effect === 'NoExecute')
    .flatMap((taint) => {
      const since = Date.parse(taint.timeAdded ?? '') || now;
      const covering = coveringTolerations(tolerations, taint);
      if (covering.length === 0) return [now];
      const seconds = covering.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? []);
      return seconds.length === 0 ? [] : [since + Math.max(0, Math.min(...seconds)) * 1000];
    });
  return times.length === 0 ? undefined : Math.min(...times);
}
