import type { Client } from '../lib/kube/client.ts';
import { resources } from '../lib/kube/resources.ts';
import type { KubeObject } from '../lib/kube/types.ts';
import type { Log } from '../lib/log.ts';
import type { Service } from './service.ts';

/** Writes a core/v1 Event about a Service, for `kubectl describe`. Never throws: it is a comment. */
export async function tellOf(
  { client, log }: { readonly client: Client; readonly log: Log },
  { metadata = {} }: Service,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const { name = '', namespace = 'default', uid, resourceVersion } = metadata;
  const event = {
    metadata: { name: `${name}.${process.hrtime.bigint().toString(16)}`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Service', name, namespace, uid, resourceVersion },
    type,
    reason,
    message,
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
  await client
    .create(resources.events, event as KubeObject, { signal: AbortSignal.timeout(5000) })
    .catch((error: unknown) => log.debug('could not record an event', { reason, error }));
}

const component = 'loadbalancer-controller';
