import { setTimeout as delay } from 'node:timers/promises';
import { isNotFound } from '../lib/kube/api-error.ts';
import type { Client } from '../lib/kube/client.ts';
import { resources } from '../lib/kube/resources.ts';
import type { Log } from '../lib/log.ts';

export type EndpointsApi = 'slices' | 'endpoints';

/**
 * Which API says where the endpoints are: with `auto` EndpointSlices, unless the API server does not know discovery.k8s.io/v1. Waits for
 * an API server that is away.
 */
export async function chooseEndpointsApi(
  client: Client,
  asked: EndpointsApi | 'auto',
  log: Log,
  signal: AbortSignal,
): Promise<EndpointsApi> {
  if (asked !== 'auto') return asked;
  for (;;) {
    try {
      await client.list(resources.endpointSlices, { limit: 1, signal });
      return 'slices';
    } catch (error) {
      signal.throwIfAborted();
      if (isNotFound(error)) {
        log.info('the API server has no EndpointSlices, following Endpoints');
        return 'endpoints';
      }
      log.warn('could not ask for EndpointSlices, will try again', { error });
      await delay(retryMs, undefined, { signal });
    }
  }
}

const retryMs = 1000;
