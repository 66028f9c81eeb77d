import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Mode } from '../plan.ts';

/** What the proxy counts, under kube-proxy's names where the meaning is the same. */
export interface Metrics {
  synced(kind: 'full' | 'partial', seconds: number): void;
  /** A sync of that mode failed. */
  failed(mode: Mode): void;
  /** The kernel's state was compared with what it should be. */
  checked(): void;
  drift(): void;
  queued(): void;
  changes(pending: { services: number; endpoints: number }): void;
  programmed(seconds: number): void;
  conntrackDeleted(entries: number, seconds: number): void;
  noLocalEndpoints(policy: 'internal' | 'external', services: number): void;
  health(kind: 'healthz' | 'livez', code: number): void;
  /** The exposition text and its content type. */
  text(): Promise<{ body: string; type: string }>;
}

/** Our metrics and those of the process, in a registry of their own. Names are kube-proxy's where it has the metric. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const make = makers(registry);
  return {
    ...syncMetrics(make),
    ...eventMetrics(make),
    text: async () => ({ body: await registry.metrics(), type: registry.contentType }),
  };
}

/**
 * Those of the process, without the spread of the event loop's lag: it is found by a timer that wakes the process a hundred
 * times a second, six per cent of an emulated processor when there is nothing to do.
 */
function collectProcessMetrics(register: Registry): void {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: 24 * 3600 * 1000 });
  for (const part of ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99']) {
    register.removeSingleMetric(`nodejs_eventloop_lag_${part}_seconds`);
  }
}

type Makers = ReturnType<typeof makers>;

function makers(registry: Registry) {
  const registers = [registry];
  return {
    histogram: (name: string, help: string, buckets: number[] = syncBuckets) =>
      new Histogram({ name: `kubeproxy_${name}`, help, buckets, registers }),
    counter: (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name: `kubeproxy_${name}`, help, labelNames, registers }),
    gauge: (name: string, help: string, labelNames: string[] = []) =>
      new Gauge({ name: `kubeproxy_${name}`, help, labelNames, registers }),
  };
}

function syncMetrics({ histogram, counter, gauge }: Makers) {
  const all = histogram('sync_proxy_rules_duration_seconds', 'Time of a sync');
  const full = histogram('sync_full_proxy_rules_duration_seconds', 'Time of a full sync');
  const partial = histogram('sync_partial_proxy_rules_duration_seconds', 'Time of a partial sync');
  const programming = histogram(
    'network_programming_duration_seconds',
    'Time from a change in the cluster to the kernel',
    programmingBuckets,
  );
  const last = gauge('sync_proxy_rules_last_timestamp_seconds', 'When rules were last synced');
  const queued = gauge('sync_proxy_rules_last_queued_timestamp_seconds', 'When a sync was last asked for');
  const ofNft = counter('sync_proxy_rules_nftables_sync_failures_total', 'Failed syncs by nft');
  const ofIptables = counter(
    'sync_proxy_rules_iptables_restore_failures_total',
    'Failed syncs by iptables-restore',
  );
  const checks = counter('drift_checks_total', 'Times that our rules were looked through for changes (ours)');
  const drifts = counter('drift_repairs_total', 'Times that others had changed our table (ours)');
  return {
    synced(kind: 'full' | 'partial', seconds: number) {
      all.observe(seconds);
      (kind === 'full' ? full : partial).observe(seconds);
      last.setToCurrentTime();
    },
    programmed: (seconds: number) => programming.observe(seconds),
    queued: () => queued.setToCurrentTime(),
    failed: (mode: Mode) => (mode === 'iptables' || mode === 'ipvs' ? ofIptables : ofNft).inc(),
    checked: () => checks.inc(),
    drift: () => drifts.inc(),
  };
}

function eventMetrics({ histogram, counter, gauge }: Makers) {
  const services = counter('sync_proxy_rules_service_changes_total', 'Changed Services');
  const endpoints = counter('sync_proxy_rules_endpoint_changes_total', 'Changed EndpointSlices');
  const noLocal = gauge(
    'sync_proxy_rules_no_local_endpoints_total',
    'Service ports under a Local policy without an endpoint on this node',
    ['traffic_policy'],
  );
  const deleted = counter('conntrack_reconciler_deleted_entries_total', 'Ended UDP flows');
  const cleaning = histogram('conntrack_reconciler_sync_duration_seconds', 'Time of a conntrack clean-up');
  const healthz = counter('proxy_healthz_total', 'Answers of /healthz', ['code']);
  const livez = counter('proxy_livez_total', 'Answers of /livez', ['code']);
  return {
    changes(count: { services: number; endpoints: number }) {
      services.inc(count.services);
      endpoints.inc(count.endpoints);
    },
    noLocalEndpoints: (policy: 'internal' | 'external', count: number) =>
      noLocal.set({ traffic_policy: policy }, count),
    conntrackDeleted(flows: number, seconds: number) {
      deleted.inc(flows);
      cleaning.observe(seconds);
    },
    health: (kind: 'healthz' | 'livez', code: number) => (kind === 'healthz' ? healthz : livez).inc({ code }),
  };
}

/** kube-proxy's buckets: 1 ms doubling, fifteen of them. */
const syncBuckets: number[] = Array.from({ length: 15 }, (_, i) => 0.001 * 2 ** i);

const programmingBuckets = [
  0.25,
  0.5,
  ...Array.from({ length: 59 }, (_, i) => i + 1),
  ...Array.from({ length: 12 }, (_, i) => 60 + 5 * i),
  ...Array.from({ length: 7 }, (_, i) => 120 + 30 * i),
];
