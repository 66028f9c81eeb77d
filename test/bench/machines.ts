import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readVagrantRecord } from '../../lib/cluster/vagrant/record.ts';
import { createClient } from '../../lib/kube/client.ts';
import { loadKubeconfig } from '../../lib/kube/credentials.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { KubeObject } from '../../lib/kube/types.ts';
import { bundleFolder } from '../../lib/paths.ts';
import { waitFor } from '../../lib/wait.ts';
import { onMachine } from '../vagrant/on-machine.ts';
import { type Workshop, workshopCommand } from '../vagrant/workshop.ts';
import { median } from './median.ts';
import type { Row } from './row.ts';

const stop = new AbortController();

/** How long machines with real Kubernetes take to come up, to say how they are, and to follow a change. Needs the box and the bundle. */
export async function machineFigures(): Promise<Row[]> {
  const state = mkdtempSync(join(tmpdir(), 'workshop-bench-'));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const workshop = workshopCommand({ state, bundle: bundleFolder(), signal: stop.signal });
  try {
    const up = await workshop(['up']);
    const kubeconfig = (await workshop(['kubeconfig', 'path'], { quiet: true })).stdout.trim();
    const start = median(await several(3, () => firstRuleMs(workshop)));
    const change = await meanSyncMs(workshop, kubeconfig);
    const status = median(await several(5, async () => (await workshop(['status'])).ms));
    const record = readVagrantRecord(join(dirname(kubeconfig), 'cluster.json'));
    const of = (figure: string) => `machines, ${record?.emulated ? 'emulated' : 'KVM'}: ${figure}`;
    return [
      {
        figure: of('`workshop up`, from box and bundle to all ready'),
        value: up.ms / 1000,
        unit: 's',
        target: 360,
      },
      { figure: of('`workshop status`, as typed'), value: status / 1000, unit: 's', target: 3 },
      {
        figure: of('start of the proxy until the kernel has its rules'),
        value: start / 1000,
        unit: 's',
        target: 15,
      },
      { figure: of("one endpoint changed, the proxy's sync"), value: change, unit: 'ms', target: 300 },
    ];
  } finally {
    await workshop(['down'], { always: true }).catch(() => {});
    rmSync(state, { recursive: true, force: true });
  }
}

/** Where the proxy is looked at. */
const machine = 'worker-node01';
const patience = { timeoutMs: 180_000, intervalMs: 2000, signal: stop.signal };

/** Watched from within: a login takes as much of an emulated processor as the start itself. */
async function firstRuleMs(workshop: Workshop): Promise<number> {
  const [from = '', line = ''] = (await onMachine(workshop, machine, 'sh', '-c', startAnew)).split('\n');
  const at = Date.parse((JSON.parse(line) as { time: string }).time);
  return at - Number(from);
}

const startAnew = `systemctl stop workshop-proxy; date +%s%3N; since=$(date +%s); systemctl start workshop-proxy
timeout 180 journalctl -u workshop-proxy -o cat -f --since=@$since | grep -m 1 '"at work"'`;

/**
 * Mean time of the syncs after so many changes of one EndpointSlice, by the proxy's own metric, in milliseconds. The machine is looked
 * at before and after them: in between, a login would take its only processor away from the proxy.
 */
async function meanSyncMs(workshop: Workshop, kubeconfig: string): Promise<number> {
  const client = createClient(loadKubeconfig(kubeconfig));
  const changesSeen = (count: number) =>
    waitFor(
      async () => {
        const now = await syncs(workshop);
        return now.changes >= count ? now : undefined;
      },
      { what: `change ${count} of an EndpointSlice to reach the proxy`, ...patience },
    );
  try {
    await client.create(resources.services, service);
    const { changes: earlier } = await syncs(workshop);
    await client.create(resources.endpointSlices, sliceWith(0));
    const before = await changesSeen(earlier + 1);
    for (let i = 1; i <= changes; i++) {
      await delay(betweenMs, undefined, { signal: stop.signal });
      await client.patch(resources.endpointSlices, { namespace, name }, sliceWith(i), { type: 'merge' });
    }
    await delay(betweenMs, undefined, { signal: stop.signal });
    const after = await changesSeen(before.changes + changes);
    return ((after.seconds - before.seconds) / (after.syncs - before.syncs)) * 1000;
  } finally {
    client.close();
  }
}

const changes = 20;

/** Far enough from each other for a sync of its own each: the proxy's least time between two is one second. */
const betweenMs = 3000;

/** So far: changes that the proxy counted, syncs that wrote a part of the rules, and how many seconds all of these took. */
interface Syncs {
  readonly changes: number;
  readonly syncs: number;
  readonly seconds: number;
}

async function syncs(workshop: Workshop): Promise<Syncs> {
  const text = await onMachine(workshop, machine, 'curl', '-s', 'http://127.0.0.1:10249/metrics');
  const value = (metric: string) =>
    Number(new RegExp(`^kubeproxy_sync_${metric} (.+)$`, 'm').exec(text)?.[1]);
  return {
    changes: value('proxy_rules_endpoint_changes_total'),
    syncs: value('partial_proxy_rules_duration_seconds_count'),
    seconds: value('partial_proxy_rules_duration_seconds_sum'),
  };
}

const [namespace, name] = ['default', 'bench'];
const service = {
  metadata: { namespace, name },
  spec: { ports: [{ port: 80, protocol: 'TCP' }] },
} as KubeObject;

/** Two endpoints, one of them another each time. */
function sliceWith(change: number): KubeObject {
  const addresses = ['172.16.1.250', `172.16.2.${200 + (change % 2)}`];
  return {
    metadata: { namespace, name, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  } as KubeObject;
}

async function several(times: number, measure: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < times; i++) values.push(await measure());
  return values;
}
