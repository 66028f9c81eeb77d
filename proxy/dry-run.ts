import { WorkshopError } from '../lib/errors.ts';
import { createClient } from '../lib/kube/client.ts';
import { loadKubeconfig } from '../lib/kube/credentials.ts';
import type { Log } from '../lib/log.ts';
import { followCluster } from './cluster.ts';
import { chooseEndpointsApi } from './endpoints-api.ts';
import { families } from './engine.ts';
import { unitsOf } from './model/resolve.ts';
import { Store } from './model/store.ts';
import { modeTable } from './modes.ts';
import type { Options } from './options.ts';
import { readServiceCidrs } from './service-cidrs.ts';

/** The rules for the cluster as it is now, as text for the mode's own programs. Touches nothing. */
export async function dryRun(options: Options, log: Log, signal: AbortSignal): Promise<string> {
  const stop = new AbortController();
  const client = createClient(loadKubeconfig(options.kubeconfig));
  const store = new Store(options.nodeName);
  const inTime = AbortSignal.any([signal, stop.signal, AbortSignal.timeout(patienceMs)]);
  const orTooLate = (cause: unknown): never => {
    if (signal.aborted) throw cause;
    throw tooLate(client.credentials.server, cause);
  };
  try {
    const endpointsApi = await chooseEndpointsApi(client, options.endpointsApi, log, inTime).catch(orTooLate);
    const cluster = followCluster({
      client,
      store,
      bindAddress: options.bindAddress,
      endpointsApi,
      log,
      signal: inTime,
      onChange: () => {},
    });
    await cluster.synced.catch(orTooLate);
    const { mode } = options.plan;
    const serviceCidrs = [...options.plan.serviceCidrs, ...((await readServiceCidrs(client)) ?? [])];
    return families
      .map((family) => {
        const units = [...store.services()].flatMap(([key, service]) =>
          unitsOf(service, store.slicesOf(key), store.node, family),
        );
        return modeTable[mode].text(family, { ...options.plan, serviceCidrs }, store.node, units);
      })
      .join('');
  } finally {
    stop.abort();
    client.close();
  }
}

const patienceMs = 20_000;

function tooLate(server: string, cause: unknown): WorkshopError {
  return new WorkshopError('environment', `could not list the cluster at ${server}: no answer in 20 s`, {
    advice: `curl -k ${server}/readyz`,
    cause,
  });
}
