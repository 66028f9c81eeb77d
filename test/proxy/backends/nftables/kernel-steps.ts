import { run } from '../../../../lib/exec.ts';
import type { Family } from '../../../../lib/ip.ts';
import { createNftablesBackend } from '../../../../proxy/backends/nftables/backend.ts';
import { listMap, listTable } from '../../../../proxy/backends/nftables/read.ts';
import type { NodeRecord } from '../../../../proxy/model/records.ts';
import type { Endpoint, Unit } from '../../../../proxy/model/unit.ts';
import { options } from './options.ts';

/** The steps of kernel.test.ts, run as a process inside the namespaces; prints what was seen as JSON. */
const all: Record<string, () => Promise<unknown>> = { pieces, swap, affinity, refusal, drift, unseen };

const node: NodeRecord = {
  name: 'n1',
  addresses: ['192.168.56.11'],
  podCIDRs: ['172.16.1.0/24', 'fd16::/64'],
  zone: '',
  leaving: false,
};

function unit(n: number, more: Partial<Unit> = {}): Unit {
  const address = (host: number) => `172.16.${1 + (n >> 7)}.${host}`;
  return {
    id: `IPv4/default/s${n}//TCP`,
    namespace: 'default',
    name: `s${n}`,
    portName: '',
    family: 'IPv4',
    protocol: 'TCP',
    port: 80,
    clusterIP: `172.17.${n >> 8}.${n & 255}`,
    nodePort: 0,
    externalIPs: [],
    vips: [],
    sourceRanges: [],
    affinitySeconds: undefined,
    internal: 'cluster',
    external: 'cluster',
    cluster: [2, 3].map((host) => endpoint(address(host))),
    local: [],
    serving: new Set(),
    ...more,
  };
}

function endpoint(address: string): Endpoint {
  return { address, port: 8080, local: false, maybeLocal: false };
}

const many = Array.from({ length: 3000 }, (_, n) => unit(n));

async function pieces() {
  const backend = createNftablesBackend('IPv4', { ...options });
  await backend.sync({ kind: 'full', node, units: many });
  return await look(backend);
}

async function swap() {
  const backend = createNftablesBackend('IPv4', { ...options });
  await backend.sync({ kind: 'full', node, units: many });
  await backend.sync({ kind: 'partial', gone: [], units: [unit(0, { port: 81 })] });
  // Another process comes and knows nothing but what is in the kernel.
  const next = createNftablesBackend('IPv4', { ...options });
  await next.sync({ kind: 'full', node, units: many });
  return await look(next);
}

async function look(backend: ReturnType<typeof createNftablesBackend>) {
  await backend.settle();
  const { stdout } = await run('nft', ['-j', 'list', 'tables']);
  const listed = (JSON.parse(stdout) as { nftables: { table?: { name: string } }[] }).nftables;
  const tables = listed.flatMap(({ table }) => (table ? [table.name] : []));
  const [table = ''] = tables;
  const objects = (await listTable('ip', table)) ?? [];
  return {
    tables,
    services: (await listMap('ip', table, 'services'))?.length,
    hooked: objects.some((object) => object['chain']?.['hook'] !== undefined),
    difference: (await backend.verify()) ?? null,
  };
}

async function affinity() {
  return { IPv4: await affinityOf('IPv4'), IPv6: await affinityOf('IPv6') };
}

/** Records as the rules would write them, for an endpoint that stays, one that goes, and a unit that goes. */
async function affinityOf(family: Family) {
  const six = family === 'IPv6';
  const sticky = (n: number, hosts: number[], more: Partial<Unit> = {}) =>
    unit(n, {
      family,
      id: `${family}/default/s${n}//TCP`,
      clusterIP: six ? `fd17::${n}` : `172.17.0.${n}`,
      affinitySeconds: 600,
      cluster: hosts.map((host) => endpoint(six ? `fd16::${host}` : `172.16.1.${host}`)),
      ...more,
    });
  const backend = createNftablesBackend(family, options);
  await backend.sync({ kind: 'full', node, units: [sticky(5, [2, 3]), sticky(6, [4])] });
  const ip = six ? 'ip6' : 'ip';
  const records = await endpointKeys(ip);
  for (const [endpointText, key] of records) {
    const host = endpointText.startsWith(six ? 'fd16::3 ' : '172.16.1.3 ') ? 9 : 8;
    const client = six ? `fd16::${host}` : `172.16.1.${host}`;
    const list = Number(key) & 0x3ffff;
    const target = six
      ? [`affinity-${list.toString(16)}`, client]
      : ['affinity', `${client} . 0x${list.toString(16)}`];
    const [map = '', element] = target;
    await run('nft', [
      'add',
      'element',
      ip,
      'workshop-proxy',
      map,
      `{ ${element} timeout 600s expires 300s : ${key} }`,
    ]);
    if (host === 8) continue;
  }
  const next = createNftablesBackend(family, options);
  await next.sync({ kind: 'full', node, units: [sticky(1, [7]), sticky(5, [3, 9])] });
  return await recordsNow(ip, six);
}

async function endpointKeys(ip: string): Promise<[string, string][]> {
  const elements = (await listMap(ip, 'workshop-proxy', 'sticky-endpoints')) ?? [];
  return elements.map(({ key, value }) => [value ?? '', key]);
}

async function recordsNow(ip: string, six: boolean): Promise<string[]> {
  const targets = new Map((await endpointKeys(ip)).map(([text, key]) => [key, text]));
  const objects = (await listTable(ip, 'workshop-proxy')) ?? [];
  const names = objects
    .flatMap((object) => String(object['map']?.['name'] ?? ''))
    .filter((n) => n.startsWith('affinity'));
  const found: string[] = [];
  for (const name of names) {
    for (const { key, value } of (await listMap(ip, 'workshop-proxy', name)) ?? []) {
      found.push(`${six ? key : key.split(' . ')[0]} to ${targets.get(value ?? '')}`);
    }
  }
  return found;
}

async function refusal() {
  const backend = createNftablesBackend('IPv4', options);
  await backend.sync({ kind: 'full', node, units: [unit(0), unit(1)] });
  await run('nft', ['delete', 'table', 'ip', 'workshop-proxy']);
  const failed = await backend.sync({ kind: 'partial', gone: [], units: [unit(0, { port: 81 })] }).then(
    () => false,
    () => true,
  );
  await backend.sync({ kind: 'full', node, units: [unit(0, { port: 81 }), unit(1)] });
  await backend.settle();
  return { failed, differenceAfter: (await backend.verify()) ?? null };
}

async function drift() {
  const backend = createNftablesBackend('IPv4', options);
  const start = async () => {
    await backend.sync({ kind: 'full', node, units: [unit(0), unit(1)] });
    await backend.settle();
  };
  const after = async (...change: string[]) => {
    await start();
    await run('nft', change);
    return (await backend.verify()) ?? null;
  };
  await start();
  const clean = (await backend.verify()) ?? null;
  const services = ['ip', 'workshop-proxy', 'services'];
  return {
    clean,
    element: await after('delete', 'element', ...services, '{ 172.17.0.0 . tcp . 80 }'),
    foreignElement: await after('add', 'element', ...services, '{ 9.9.9.9 . tcp . 80 : 0x5 }'),
    rule: (await after('add', 'rule', 'ip', 'workshop-proxy', 'dispatch', 'drop'))?.slice(0, 8),
    table: await after('delete', 'table', 'ip', 'workshop-proxy'),
  };
}

/** Changes that others make before the table was looked at for the first time, or since it was. */
async function unseen() {
  const look = async (change: readonly string[], unlooked: boolean) => {
    const backend = createNftablesBackend('IPv4', options);
    await backend.sync({ kind: 'full', node, units: [unit(0), unit(1)] });
    if (!unlooked) await backend.verify();
    await run('nft', change);
    // Three endpoints: a chain is added, and the rest must not pass for right because of it.
    const three = { cluster: [2, 3, 4].map((host) => endpoint(`172.16.1.${host}`)) };
    if (!unlooked) await backend.sync({ kind: 'partial', gone: [], units: [unit(1, three)] });
    return (await backend.verify()) ?? null;
  };
  return {
    rule: await look([...rule, 'accept'], true),
    ruleBeforeGrowth: await look([...rule, 'accept'], false),
    double: await look(['add', 'rule', 'ip', 'workshop-proxy', 'firewall', 'drop'], true),
    chain: await look(['add', 'chain', 'ip', 'workshop-proxy', 'mine'], true),
    verdict: await look(['add', 'element', 'ip', 'workshop-proxy', 'classes', '{ 0x7c0000 : drop }'], true),
    nodeIp: await look(['add', 'element', 'ip', 'workshop-proxy', 'node-ips', '{ 9.9.9.9 }'], true),
    clean: await look(['list', 'tables'], false),
    tables: (await run('nft', ['list', 'tables'])).stdout.trim(),
  };
}

const rule = ['insert', 'rule', 'ip', 'workshop-proxy', 'nat-prerouting'];

const step = all[process.argv[2] ?? ''];
process.stdout.write(JSON.stringify(await step?.()));
