import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { run } from '../../../../lib/exec.ts';
import { silentLog } from '../../../../lib/log.ts';
import { waitFor } from '../../../../lib/wait.ts';
import { createUserspaceBackend } from '../../../../proxy/backends/userspace/backend.ts';
import { cleanupUserspace } from '../../../../proxy/backends/userspace/cleanup.ts';
import { supported } from '../../../../proxy/backends/userspace/supported.ts';
import type { NodeRecord } from '../../../../proxy/model/records.ts';
import type { Endpoint, Unit } from '../../../../proxy/model/unit.ts';

/** The steps of kernel.test.ts, run as a process inside the namespaces; prints what was seen as JSON. */
const all: Record<string, () => Promise<unknown>> = { serve, drift, many, files, silent, range };

const nodeIp = '192.168.56.11';
const node: NodeRecord = {
  name: 'n1',
  addresses: [nodeIp],
  podCIDRs: ['172.16.1.0/24'],
  zone: '',
  leaving: false,
};
const options = {
  detector: { kind: 'nodeCidr' },
  nodePortCidrs: 'primary',
  serviceCidrs: [],
  log: silentLog,
} as const;

function unit(n: number, cluster: readonly Endpoint[]): Unit {
  return {
    ...{ id: `IPv4/default/s${n}//TCP`, namespace: 'default', name: `s${n}`, portName: '', family: 'IPv4' },
    ...{ protocol: 'TCP', port: 80, clusterIP: `172.17.${n >> 8}.${n & 255}`, nodePort: 0 },
    ...{
      externalIPs: [],
      vips: [],
      sourceRanges: [],
      affinitySeconds: undefined,
      local: [],
      serving: new Set(),
    },
    ...{ internal: cluster.length === 0 ? 'reject' : 'cluster', external: 'cluster', cluster },
  };
}

function at(address: string, port: number): Endpoint {
  return { address, port, local: false, maybeLocal: false };
}

async function setUp(): Promise<void> {
  const commands = [
    'link set lo up',
    'link add lan type bridge',
    `addr add ${nodeIp}/24 dev lan`,
    'link set lan up',
    'route add default dev lan',
  ];
  for (const command of commands) await run('ip', command.split(' '));
}

/** A server that says a word; resolves with its endpoint. */
async function named(word: string): Promise<Endpoint> {
  const server = createServer((socket) => socket.on('error', () => {}).end(word));
  server.listen(0, nodeIp).unref();
  await once(server, 'listening');
  return at(nodeIp, (server.address() as { port: number }).port);
}

function ask(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'failed'));
  });
}

const vip = '172.17.0.1';

async function tables(): Promise<string[]> {
  return (await run('nft', ['list', 'tables'])).stdout.split('\n').filter((line) => line !== '');
}

async function serve() {
  const backend = createUserspaceBackend('IPv4', options);
  const [a, b] = [await named('a'), await named('b')];
  const reason = await supported();
  await backend.sync({ kind: 'full', node, units: [unit(1, [a, b])] });
  const servers = backend.servers(unit(1, [])).map((at) => at.replace(/\d+$/, 'PORT'));
  const both = [await ask(vip, 80), await ask(vip, 80), await ask(vip, 80)];
  await backend.sync({ kind: 'partial', gone: [], units: [unit(1, [b]), unit(2, [a])] });
  const changed = [await ask(vip, 80), await ask('172.17.0.2', 80)];
  await backend.sync({ kind: 'partial', gone: [unit(2, []).id], units: [unit(1, [])] });
  const none = await ask(vip, 80);
  const removed = await cleanupUserspace();
  await backend.close();
  return { reason: reason ?? null, servers, both, changed, none, removed, left: await tables() };
}

async function drift() {
  const backend = createUserspaceBackend('IPv4', options);
  const full = () => backend.sync({ kind: 'full', node, units: [unit(1, [at(nodeIp, 9)])] });
  const table = ['ip', 'workshop-proxy-userspace'];
  const after = async (...command: string[]) => {
    await full();
    await backend.settle();
    if (command.length > 0) await run('nft', command);
    return ((await backend.verify()) ?? 'nothing').split(':').slice(0, 2).join(':').slice(0, 40);
  };
  return {
    clean: await after(),
    element: await after('delete', 'element', ...table, 'services', `{ ${vip} . tcp . 80 }`),
    rule: await after('insert', 'rule', ...table, 'to-proxy', 'drop'),
    chain: await after('flush', 'chain', ...table, 'to-proxy'),
    table: await after('delete', 'table', ...table),
    repaired: await after(),
  };
}

/** More than one message to the kernel may hold here. */
async function many() {
  const backend = createUserspaceBackend('IPv4', options);
  const units = Array.from({ length: 2500 }, (_, n) => unit(n, [at(nodeIp, 9)]));
  await backend.sync({ kind: 'full', node, units });
  await backend.settle();
  const { stdout } = await run('nft', ['list', 'map', 'ip', 'workshop-proxy-userspace', 'services']);
  return {
    services: stdout.split(' . tcp . 80 : ').length - 1,
    difference: (await backend.verify()) ?? null,
  };
}

/** With few files left, clients are turned away and the proxy goes on. */
async function files() {
  const hold = createServer((socket) => socket.on('error', () => {}).write('hello'));
  hold.listen(8080, nodeIp).unref();
  const backend = createUserspaceBackend('IPv4', { ...options, maxConnections: 100_000 });
  await backend.sync({ kind: 'full', node, units: [unit(1, [at(nodeIp, 8080)])] });
  const { port } = await proxyPort();
  const crowd = await run(process.execPath, ['-e', crowdScript, nodeIp, String(port)], { timeoutMs: 30_000 });
  const later = await waitFor(async () => (await firstWord(vip, 80)) === 'hello', {
    what: 'an answer after the crowd',
    timeoutMs: 5000,
  });
  return { ...(JSON.parse(crowd.stdout) as object), later };
}

/** As a process of its own, with files of its own: opens 300 connections, counts who is served and who is turned away. */
const crowdScript = `
const [host, port] = process.argv.slice(1);
let served = 0, turned = 0;
for (let i = 0; i < 300; i++) {
  const socket = require('node:net').connect({ host, port });
  let done = false;
  const finish = (ok) => { if (done) return; done = true; ok ? served++ : turned++; if (served + turned === 300) { console.log(JSON.stringify({ some: served > 0, notAll: turned > 0, total: served + turned })); process.exit(); } };
  socket.once('data', () => finish(true)).on('error', () => finish(false)).on('close', () => finish(false));
}`;

function firstWord(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('data', (data) => {
      socket.destroy();
      resolve(String(data));
    });
    socket.on('error', () => resolve(''));
  });
}

async function proxyPort(): Promise<{ port: number }> {
  const { stdout } = await run('nft', ['list', 'set', 'ip', 'workshop-proxy-userspace', 'proxy-ports']);
  return { port: Number(/tcp \. (\d+)/.exec(stdout)?.[1]) };
}

/** An endpoint that does not answer costs its own connections time, and others none. */
async function silent() {
  await run('nft', ['add', 'table', 'ip', 'silence']);
  await run('nft', ['add', 'chain', 'ip', 'silence', 'input', '{ type filter hook input priority 0; }']);
  await run('nft', ['add', 'rule', 'ip', 'silence', 'input', 'tcp', 'dport', '9', 'drop']);
  const backend = createUserspaceBackend('IPv4', options);
  await backend.sync({ kind: 'full', node, units: [unit(1, [at(nodeIp, 9), await named('a')])] });
  const order: string[] = [];
  const first = ask(vip, 80).then((word) => order.push(`slow ${word}`));
  await ask(vip, 80).then((word) => order.push(`quick ${word}`));
  await first;
  return order;
}

async function range() {
  const portRange = { from: 41_000, to: 41_001 };
  const backend = createUserspaceBackend('IPv4', { ...options, portRange });
  const a = await named('a');
  const units = [unit(1, [a]), unit(2, [a]), unit(3, [a])];
  const failure = await backend.sync({ kind: 'full', node, units }).then(
    () => 'none',
    (error: Error) => error.message,
  );
  return {
    failure,
    served: [await ask(vip, 80), await ask('172.17.0.2', 80)],
    third: await ask('172.17.0.3', 80),
  };
}

await setUp();
const [name = ''] = process.argv.slice(2);
console.log(JSON.stringify(await all[name]?.()));
process.exit();
