import { writeFileSync } from 'node:fs';
import type { Family } from '../lib/ip.ts';
import { createClient } from '../lib/kube/client.ts';
import { loadKubeconfig } from '../lib/kube/credentials.ts';
import type { Log } from '../lib/log.ts';
import { createRunner, type Runner } from '../lib/runner.ts';
import { createNftablesBackend } from './backends/nftables/backend.ts';
import { followCluster, readServiceCidrs } from './cluster.ts';
import { createDriver } from './driver.ts';
import { createHealth } from './health/health.ts';
import { serveHealth, serveMetrics } from './health/servers.ts';
import { createServiceHealth } from './health/service-health.ts';
import { createMetrics } from './metrics/metrics.ts';
import { Store } from './model/store.ts';
import type { Options } from './options.ts';
import { createSync } from './sync.ts';

/** Runs until the signal aborts it. The rules stay behind: a node without its proxy goes on as it was. */
export async function runProxy(options: Options, log: Log, signal: AbortSignal): Promise<void> {
  const client = createClient(loadKubeconfig(options.kubeconfig));
  const store = new Store(options.nodeName);
  const metrics = createMetrics();
  const health = createHealth(2 * options.syncPeriodMs);
  const serviceHealth = createServiceHealth(health, log);
  if (options.tcpBeLiberal) beLiberal(log);
  const closers = openServers(options, {
    health,
    metrics,
    mode: options.mode,
    nodeEligible: () => !store.node.leaving,
    log,
  });

  let runner: Runner | undefined;
  const counted = { services: 0, endpoints: 0 };
  const cluster = followCluster({
    client,
    store,
    bindAddress: options.bindAddress,
    log,
    signal,
    onChange(kind) {
      if (kind === 'service') counted.services++;
      if (kind === 'slice') counted.endpoints++;
      health.queued();
      metrics.queued();
      runner?.request();
    },
  });
  try {
    await cluster.synced;
    const serviceCidrs = [...options.nftables.serviceCidrs, ...(await readServiceCidrs(client))];
    const nftables = { ...options.nftables, serviceCidrs };
    const drivers = families.map((family) =>
      createDriver(family, store, createNftablesBackend(family, nftables), log),
    );
    const sync = createSync({ store, drivers, metrics, health, serviceHealth, counted, log, signal });
    const timing = {
      minMs: options.minSyncPeriodMs,
      retryMs: options.syncPeriodMs,
      maxMs: options.syncPeriodMs,
    };
    runner = createRunner(sync, timing, (error) => {
      if (!signal.aborted) log.error('sync failed', { error });
    });
    runner.request();
    await cluster.done;
  } finally {
    await runner?.stop();
    serviceHealth.close();
    for (const close of closers) close();
    client.close();
  }
}

const families: readonly Family[] = ['IPv4', 'IPv6'];

function openServers(options: Options, parts: Parameters<typeof serveHealth>[1]): (() => void)[] {
  const servers = [
    ...(options.healthz ? [serveHealth(options.healthz, parts)] : []),
    ...(options.metrics ? [serveMetrics(options.metrics, parts)] : []),
  ];
  return servers.map((server) => () => {
    server.close();
    server.closeAllConnections();
  });
}

/** Keeps the kernel from calling packets outside the TCP window INVALID, which NAT would let through untranslated. */
function beLiberal(log: Log): void {
  try {
    writeFileSync('/proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal', '1');
  } catch (error) {
    log.warn('could not set nf_conntrack_tcp_be_liberal', { error });
  }
}
