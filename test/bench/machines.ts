import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** Watched from within, rarely: a login takes as much of an emulated processor as the start itself. */
async function firstRuleMs(workshop: Workshop): Promise<number> {
  const [from = '', line = ''] = (await onMachine(workshop, machine, 'sh', '-c', startAnew)).split('\n');
  const at = Date.parse((JSON.parse(line) as { time: string }).time);
  return at - Number(from);
}

const startAnew = `systemctl stop workshop-proxy; date +%s%3N; since=$(date +%s); systemctl start workshop-proxy
atWork() { journalctl -u workshop-proxy -o cat --since=@$since | grep -m 1 '"at work"'; }
for i in $(seq 60); do sleep 3; atWork && exit; done; exit 1`;

/** Mean time of the syncs after so many changes of one EndpointSlice, by the proxy's own metric, in milliseconds. */
async function meanSyncMs(workshop: Workshop, kubeconfig: string): Promise<number> {
  const client = createClient(loadKubeconfig(kubeconfig));
  try {
    await client.create(resources.services, service);
    await client.create(resources.endpointSlices, sliceWith(0));
    const before = await waitFor(async () => atLeast(await syncs(workshop), 1), {
      what: 'a first sync of part of the rules',
      ...patience,
    });
    for (let i = 1; i <= changes; i++) {
      await client.patch(resources.endpointSlices, { namespace, name }, sliceWith(i), { type: 'merge' });
      await waitFor(async () => atLeast(await syncs(workshop), before.count + i), {
        what: `the sync after change ${i}`,
        ...patience,
      });
    }
    const after = await syncs(workshop);
    return ((after.seconds - before.seconds) / (after.count - before.count)) * 1000;
  } finally {
    client.close();
  }
}

const changes = 20;

interface Syncs {
  readonly count: number;
  readonly seconds: number;
}

function atLeast(seen: Syncs, count: number): Syncs | undefined {
  return seen.count >= count ? seen : undefined;
}

/** How many syncs wrote a part of the rules so far, and how long all of them took. */
async function syncs(workshop: Workshop): Promise<Syncs> {
  const text = await onMachine(workshop, machine, 'curl', '-s', 'http://127.0.0.1:10249/metrics');
  const value = (what: string) =>
    Number(
      new RegExp(`^kubeproxy_sync_partial_proxy_rules_duration_seconds_${what} (.+)$`, 'm').exec(text)?.[1],
    );
  return { count: value('count'), seconds: value('sum') };
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
