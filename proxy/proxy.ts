import { writeFileSync } from 'node:fs';
import { createClient } from '../lib/kube/client.ts';
import { loadKubeconfig } from '../lib/kube/credentials.ts';
import type { Log } from '../lib/log.ts';
import { createRunner, type Runner, type RunnerTiming } from '../lib/runner.ts';
import { type ClusterOptions, followCluster } from './cluster.ts';
import { configz, followConfig } from './config/follow.ts';
import { chooseEndpointsApi } from './endpoints-api.ts';
import { createEvents } from './events.ts';
import { createHealth } from './health/health.ts';
import { serveHealth, serveMetrics } from './health/servers.ts';
import { createServiceHealth } from './health/service-health.ts';
import { createMetrics } from './metrics/metrics.ts';
import { Store } from './model/store.ts';
import { noticeRemovals } from './notice.ts';
import type { Options } from './options.ts';
import type { Plan } from './plan.ts';
import { rehearse } from './rehearsal.ts';
import { createServiceCidrs } from './service-cidrs.ts';
import { createSync } from './sync.ts';
import { createTakeover } from './takeover.ts';

/** Runs until the signal aborts it. The rules stay behind: a node without its proxy goes on as it was. */
export async function runProxy(options: Options, log: Log, signal: AbortSignal): Promise<void> {
  const client = createClient(loadKubeconfig(options.kubeconfig));
  const store = new Store(options.nodeName);
  const metrics = createMetrics();
  const timing = timingOf(options.plan);
  const health = createHealth(() => 2 * timing.maxMs);
  const events = createEvents(client, options.nodeName, log, signal);
  const serviceHealth = createServiceHealth({ health, log, events });
  const takeover = createTakeover(options.plan, { store, log, metrics, events });
  const config: { current: Options; rejected: string | undefined } = {
    current: options,
    rejected: undefined,
  };
  if (options.tcpBeLiberal) beLiberal(log);
  const closers = openServers(options, {
    health,
    metrics,
    mode: () => takeover.engine?.mode ?? config.current.plan.mode,
    config: () => configz(config.current, takeover.state(), config.rejected),
    nodeEligible: () => !store.node.leaving,
    log,
    events,
  });

  let runner: Runner | undefined;
  const counted = { services: 0, endpoints: 0 };
  const onChange: ClusterOptions['onChange'] = (kind) => {
    if (kind === 'service') counted.services++;
    if (kind === 'slice') counted.endpoints++;
    health.queued();
    metrics.queued();
    runner?.request();
  };
  try {
    const endpointsApi = await chooseEndpointsApi(client, options.endpointsApi, log, signal);
    events.node('Normal', 'Starting', `mode ${options.plan.mode}`);
    const { bindAddress } = options;
    const cluster = followCluster({ client, store, bindAddress, endpointsApi, log, signal, onChange });
    await rehearse(options.plan, cluster.synced);
    await cluster.synced;
    const cidrs = await createServiceCidrs({ client, log, signal });
    const want = (plan: Plan) => {
      Object.assign(timing, timingOf(plan));
      takeover.want({ ...plan, serviceCidrs: [...plan.serviceCidrs, ...cidrs.current] });
      runner?.request();
    };
    want(options.plan);
    const sync = createSync({
      ...{ store, takeover, metrics, health, serviceHealth, counted, log, signal },
      ask: () => runner?.request(),
    });
    runner = createRunner(sync.turn, timing, (error) => {
      if (!signal.aborted) log.error('sync failed', { error });
    });
    const stopWatching = followConfig(options, log, {
      onChange(fresh) {
        config.current = fresh;
        want(fresh.plan);
      },
      onRejected: (why) => {
        config.rejected = why;
      },
    });
    closers.push(stopWatching, noticeRemovals(log, sync.noticed), sync.close);
    runner.request();
    await Promise.all([cluster.done, cidrs.follow(() => want(config.current.plan))]);
  } finally {
    await runner?.stop();
    serviceHealth.close();
    for (const close of closers) close();
    client.close();
  }
}

function timingOf(plan: Plan): RunnerTiming {
  return { minMs: plan.minSyncPeriodMs, retryMs: plan.syncPeriodMs, maxMs: plan.syncPeriodMs };
}

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
