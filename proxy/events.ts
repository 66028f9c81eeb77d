import type { Client } from '../lib/kube/client.ts';
import { type EventTarget, type EventType, newEvent } from '../lib/kube/event.ts';
import { resources } from '../lib/kube/resources.ts';
import type { Log } from '../lib/log.ts';

/** Tells the cluster, for `kubectl describe`, what an administrator should hear of. Nobody waits for it, and it never fails. */
export interface Events {
  node(type: EventType, reason: string, message: string): void;
  service(
    at: { readonly namespace: string; readonly name: string },
    type: EventType,
    reason: string,
    message: string,
  ): void;
}

/** Events of one proxy process. The same one is told once: what keeps failing is tried again every few seconds. */
export function createEvents(client: Client, nodeName: string, log: Log, signal: AbortSignal): Events {
  const told = new Set<string>();

  function tell(
    object: Omit<EventTarget, 'apiVersion'>,
    type: EventType,
    reason: string,
    message: string,
  ): void {
    const key = `${object.kind} ${object.namespace} ${object.name} ${reason} ${message}`;
    if (told.has(key) || signal.aborted) return;
    told.add(key);
    const about = { apiVersion: 'v1', ...object };
    const event = newEvent(about, { type, reason, message }, { component: 'kube-proxy', host: nodeName });
    client.create(resources.events, event, { signal }).catch((error: unknown) => {
      told.delete(key);
      if (!signal.aborted) log.debug('could not record an event', { reason, error });
    });
  }

  return {
    // kubelet and kube-proxy both give the Node's name for its uid, and `kubectl describe node` looks for that.
    node: (...what) => tell({ kind: 'Node', name: nodeName, uid: nodeName }, ...what),
    service: ({ namespace, name }, ...what) => tell({ kind: 'Service', namespace, name }, ...what),
  };
}
