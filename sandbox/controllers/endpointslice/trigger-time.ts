import type { Pod, Service } from '../objects.ts';

/** From which moment the latency of the network is counted (kubernetes/community: network programming SLI). */
export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

export interface TriggerTimes {
  /** The earliest change among pods and Service since the last call for this key; undefined when nothing changed. */
  next(key: string, service: Service, pods: readonly Pod[]): string | undefined;
  forget(key: string): void;
}

/** Upstream: staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go. */
export function trackTriggerTimes(): TriggerTimes {
  const known = new Map<string, Map<string, string>>();
  return {
    next(key, service, pods) {
      const before = known.get(key);
      const now = new Map(pods.flatMap(readyTime));
      now.set('', service.metadata?.creationTimestamp ?? '');
      known.set(key, now);
      const changed = [...now].filter(([name, time]) => before?.get(name) !== time && time !== '');
      return changed.map(([, time]) => time).sort()[0];
    },
    forget: (key) => known.delete(key),
  };
}

function readyTime(pod: Pod): [string, string][] {
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.lastTransitionTime ? [[pod.metadata?.name ?? '', ready.lastTransitionTime]] : [];
}
