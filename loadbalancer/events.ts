import type { Client } from '../lib/kube/client.ts';
import { type EventType, newEvent } from '../lib/kube/event.ts';
import { resources } from '../lib/kube/resources.ts';
import type { Log } from '../lib/log.ts';
import type { Service } from './service.ts';

/** Writes a core/v1 Event about a Service, for `kubectl describe`. Never throws: it is a comment. */
export async function tellOf(
  { client, log }: { readonly client: Client; readonly log: Log },
  { metadata = {} }: Service,
  type: EventType,
  reason: string,
  message: string,
): Promise<void> {
  const { name = '', namespace, uid, resourceVersion } = metadata;
  const about = { apiVersion: 'v1', kind: 'Service', name, namespace, uid, resourceVersion };
  const event = newEvent(about, { type, reason, message }, { component });
  await client
    .create(resources.events, event, { signal: AbortSignal.timeout(5000) })
    .catch((error: unknown) => log.debug('could not record an event', { reason, error }));
}

const component = 'loadbalancer-controller';
