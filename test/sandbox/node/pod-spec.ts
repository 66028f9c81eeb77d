import type { Pod } from '../../../sandbox/node/pods/pod.ts';

/** The spec of a pod with one container, which runs a script; `more` is merged into the container. */
export function busybox(script: string, more: object = {}): object {
  return { containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', script], ...more }] };
}

/** A script that does nothing until it is told to end, and then ends at once. */
export const idle = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** What the pod's status says of one of its containers. */
export function stateOf(pod: Pod) {
  return pod.status?.containerStatuses?.[0]?.state;
}
