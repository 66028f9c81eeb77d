import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../../lib/exec.ts';
import { startFakeApi } from '../../proxy/fake-api.ts';
import { node, slice } from '../../proxy/objects.ts';
import { answerFrom, connectionsPerSecond, serveAddresses } from './connections.ts';
import { addressAt, generated, sliceOf } from './objects.ts';
import { watchPeak } from './peak.ts';
import { quantiles } from './quantiles.ts';

/**
 * Run inside a network namespace: any proxy as a process, fed by an API server with so many Services, five of which lead to this node
 * itself, where real connections tell what the kernel does. Five, since in a list of rules it matters where a Service stands, and
 * each proxy has an order of its own. Arguments: Services, endpoints of each, single changes, the proxy's command line with
 * `KUBECONFIG` where its file name belongs. Prints JSON.
 */
const [services = 0, endpoints = 0, changes = 0] = process.argv.slice(2, 5).map(Number);
const [program = '', ...words] = process.argv.slice(5);
const [first, second, door] = ['10.200.0.1', '10.200.0.2', 8080] as const;
const port = 7340;
const seen = [1, 3, 5, 7, 9].map((tenth) => Math.floor((services * tenth) / 10));

await run('ip', ['link', 'set', 'lo', 'up']);
for (const address of [first, second]) await run('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
await run('ip', ['route', 'add', 'default', 'dev', 'lo', 'src', first]);

const api = await startFakeApi({ port });
api.put('nodes', node({ name: 'node-0', addresses: ['192.168.56.11'] }));
for (const [plural, object] of generated(services, endpoints)) api.load(plural, [object]);
for (const n of seen) lead(n, first);

function vipOf(n: number): string {
  return addressAt('172.17', n);
}

/** Has Service `n` lead to one endpoint of this node alone. */
function lead(n: number, ip: string): void {
  const { namespace = '', name = '' } = sliceOf(n, endpoints).metadata ?? {};
  const only = { ports: [{ port: door }], endpoints: [{ ip, node: 'node-0' }] };
  api.put('endpointslices', slice({ namespace, name, service: `s${n}`, ...only }));
}

const server = await serveAddresses(door);
const started = performance.now();
const kubeconfig = api.kubeconfig(`https://127.0.0.1:${port}`);
const proxy: ChildProcess = spawn(
  program,
  words.map((word) => word.replace('KUBECONFIG', kubeconfig)),
  { stdio: ['ignore', 'ignore', process.env['BENCH_DEBUG'] ? 'inherit' : 'ignore'] },
);
const peak = watchPeak(proxy.pid ?? 0);

/** Resolves with the time from now until Service `n` answers from that address, in milliseconds. */
async function until(n: number, address: string): Promise<number> {
  const from = performance.now();
  while ((await answerFrom(vipOf(n), 80, 50)) !== address) {
    if (proxy.exitCode !== null) throw new Error(`${program} ended with exit code ${proxy.exitCode}`);
    if (performance.now() - from > patienceMs) throw new Error(`no answer from ${address} in 300 s`);
    await delay(2);
  }
  return performance.now() - from;
}

const patienceMs = 300_000;

for (const n of seen) await until(n, first);
const readyMs = performance.now() - started;
// What was tried before stays untranslated in the kernel for two minutes, and so would a connection that meets one of these ports.
await run('conntrack', ['-D', '-p', 'tcp', '--state', 'SYN_SENT'], { okCodes: [0, 1] });
const times: number[] = [];
for (let i = 0; i < changes; i++) {
  await delay(1500);
  const [n = 0] = seen.slice(i);
  lead(n, second);
  times.push(await until(n, second));
}
const rates = { direct: [] as number[], through: [] as number[] };
for (let i = 0; i < 4; i++) {
  rates.direct.push(await connectionsPerSecond([first], door, 3000));
  rates.through.push(await connectionsPerSecond(seen.map(vipOf), 80, 3000));
}
const result = {
  readyMs,
  syncMs: await firstSync(),
  changeMs: quantiles(times).median,
  peak: peak(),
  // The first round warms up; of the others what disturbed least.
  direct: Math.max(...rates.direct.slice(1)),
  through: Math.max(...rates.through.slice(1)),
};
proxy.kill('SIGTERM');
server.close();
await api.close();
process.stdout.write(JSON.stringify(result));
process.exit();

/** The mean of the syncs so far by the proxy's own metric, in milliseconds; both name it alike. */
async function firstSync(): Promise<number> {
  const text = await (await fetch('http://127.0.0.1:10249/metrics')).text();
  const value = (suffix: string) =>
    Math.max(
      ...[
        ...text.matchAll(
          new RegExp(`^kubeproxy_sync_full_proxy_rules_duration_seconds_${suffix}\\S* (\\S+)`, 'gm'),
        ),
      ].map(([, number]) => Number(number)),
    );
  return (value('sum') / value('count')) * 1000;
}
