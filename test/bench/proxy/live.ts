import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../../lib/exec.ts';
import { proxyNodeFlags } from '../../../lib/programs.ts';
import { startFakeApi } from '../../proxy/fake-api.ts';
import { node } from '../../proxy/objects.ts';
import { cpuSeconds, processTree } from '../processes.ts';
import { addressAt, generated, sliceOf } from './objects.ts';
import { watchPeak } from './peak.ts';
import { quantiles } from './quantiles.ts';

/**
 * Run inside a network namespace: the proxy as a process, fed by an API server, with `nft monitor` as the witness of what the kernel
 * has. Arguments: the proxy's bundle, Services, endpoints of each, changes a second (0: none), seconds. Prints JSON.
 */
const [bundle = '', ...numbers] = process.argv.slice(2);
const [services = 0, endpoints = 0, rate = 0, seconds = 0] = numbers.map(Number);
const port = 7340;

await run('ip', ['link', 'set', 'lo', 'up']);
const api = await startFakeApi({ port });
api.put('nodes', node({ name: 'node-0', addresses: ['192.168.56.11'] }));
for (const [plural, object] of generated(services, endpoints)) api.load(plural, [object]);

/** When an element with this address is to be seen next, and whom to tell. */
const expected = new Map<string, (at: number) => void>();
const children: ChildProcess[] = [];

function monitor(what: string, hear: (line: string, at: number) => void): void {
  const child = spawn('nft', ['monitor', 'new', what], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  createInterface({ input: child.stdout }).on('line', (line) => hear(line, performance.now()));
}

let firstRule: number | undefined;
monitor('chains', (line, at) => {
  // What hooks the table into the kernel comes last.
  if (/workshop-proxy\S* nat-prerouting/.test(line)) firstRule ??= at;
});
await delay(200);

const started = performance.now();
const flags = ['--kubeconfig', api.kubeconfig(`https://127.0.0.1:${port}`), '--hostname-override', 'node-0'];
const more = ['--cluster-cidr', '10.0.0.0/8', '--healthz-bind-address', '127.0.0.1:7341'];
const proxy = spawn(process.execPath, [...proxyNodeFlags, bundle, ...flags, ...more], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
children.push(proxy);
const peak = watchPeak(proxy.pid ?? 0);
while (firstRule === undefined) await delay(5);
const firstMs = firstRule - started;
await delay(3000);

monitor('elements', (line, at) => {
  const address = / : (10|11|12|13)(\.\d+){3} /.exec(line)?.[0].slice(3, -1) ?? '';
  expected.get(address)?.(at);
  expected.delete(address);
});
await delay(1000);

/** Puts another endpoint into a Service's slice. Resolves with the time until the kernel has it, in milliseconds. */
function change(service: number, salt: number): Promise<number> {
  const slice = sliceOf(service, endpoints, 0, salt);
  const address = addressAt(`${10 + salt}`, service * endpoints);
  return new Promise((resolve) => {
    const from = performance.now();
    expected.set(address, (at) => resolve(at - from));
    api.put('endpointslices', slice);
  });
}

const single: number[] = [];
for (let i = 0; i < 100; i++) {
  // Never the endpoint that is there already.
  const salt = 1 + (Math.floor((i * 37) / services) % 3);
  single.push(await Promise.race([change((i * 37) % services, salt), delay(5000, 5000)]));
  await delay(40 + (i % 7) * 5);
}

async function storm() {
  const pids = processTree(proxy.pid ?? 0);
  const before = cpuSeconds(pids);
  const lags: Promise<number>[] = [];
  const from = performance.now();
  for (let n = 0; n < rate * seconds; n++) {
    lags.push(change((n * 7) % services, 1 + (Math.floor((n * 7) / services) % 3)));
    if (n % 10 === 9) await delay(Math.max(0, from + (n * 1000) / rate - performance.now()));
  }
  const sent = performance.now() - from;
  // What the witness never saw counts as 10 s late.
  const seen = await Promise.all(lags.map((lag) => Promise.race([lag, delay(10_000, 10_000)])));
  const cpu = ((cpuSeconds(pids) - before) / (sent / 1000)) * 100;
  return { ...quantiles(seen), sent: lags.length / (sent / 1000), cpu };
}

const result = { firstMs, ...quantiles(single), peak: peak(), storm: rate > 0 ? await storm() : undefined };
for (const child of children) child.kill('SIGTERM');
await api.close();
process.stdout.write(JSON.stringify(result));
process.exit();
