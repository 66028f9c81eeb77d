import { WorkshopError } from '../lib/errors.ts';
import type { Family } from '../lib/ip.ts';
import { createClient } from '../lib/kube/client.ts';
import { loadKubeconfig } from '../lib/kube/credentials.ts';
import type { Log } from '../lib/log.ts';
import { renderTable } from './backends/nftables/backend.ts';
import { followCluster, readServiceCidrs } from './cluster.ts';
import { unitsOf } from './model/resolve.ts';
import { Store } from './model/store.ts';
import type { Options } from './options.ts';

/** The rules for the cluster as it is now, as text for `nft -f`. Touches nothing. */
export async function dryRun(options: Options, log: Log, signal: AbortSignal): Promise<string> {
  const stop = new AbortController();
  const client = createClient(loadKubeconfig(options.kubeconfig));
  const store = new Store(options.nodeName);
  try {
    const cluster = followCluster({
      client,
      store,
      bindAddress: options.bindAddress,
      log,
      signal: AbortSignal.any([signal, stop.signal, AbortSignal.timeout(patienceMs)]),
      onChange: () => {},
    });
    await cluster.synced.catch((cause: unknown) => {
      if (signal.aborted) throw cause;
      throw tooLate(client.credentials.server, cause);
    });
    const serviceCidrs = [...options.nftables.serviceCidrs, ...(await readServiceCidrs(client))];
    const families: Family[] = ['IPv4', 'IPv6'];
    return families
      .map((family) => {
        const units = [...store.services()].flatMap(([key, service]) =>
          unitsOf(service, store.slicesOf(key), store.node, family),
        );
        return renderTable(family, { ...options.nftables, serviceCidrs }, store.node, units);
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
