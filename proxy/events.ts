import type { Client } from '../lib/kube/client.ts';
import { resources } from '../lib/kube/resources.ts';
import type { CoreV1Event, KubeObject, Wire } from '../lib/kube/types.ts';
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

export type EventType = 'Normal' | 'Warning';

/** Events of one proxy process. The same one is told once: what keeps failing is tried again every few seconds. */
export function createEvents(client: Client, nodeName: string, log: Log, signal: AbortSignal): Events {
  const told = new Set<string>();

  function tell(object: Involved, type: EventType, reason: string, message: string): void {
    const key = `${object.kind} ${object.namespace} ${object.name} ${reason} ${message}`;
    if (told.has(key) || signal.aborted) return;
    told.add(key);
    const event = eventOf(object, { type, reason, message }, nodeName);
    client.create(resources.events, event as KubeObject, { signal }).catch((error: unknown) => {
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

interface Involved {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
}

function eventOf(
  involvedObject: Involved,
  fields: { type: EventType; reason: string; message: string },
  nodeName: string,
): Wire<CoreV1Event> {
  const now = new Date().toISOString();
  const namespace = involvedObject.namespace ?? 'default';
  // client-go's names: the object's, and the time in nanoseconds as hexadecimal digits.
  const unique = (BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)).toString(16);
  return {
    metadata: { name: `${involvedObject.name}.${unique}`, namespace },
    involvedObject: { apiVersion: 'v1', ...involvedObject },
    ...fields,
    source: { component: 'kube-proxy', host: nodeName },
    reportingComponent: 'kube-proxy',
    reportingInstance: nodeName,
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}
