import { readFileSync } from 'node:fs';
import { run } from '../../../../lib/exec.ts';
import { createIptablesBackend } from '../../../../proxy/backends/iptables/backend.ts';
import { cleanupIptables } from '../../../../proxy/backends/iptables/cleanup.ts';
import { chainNames } from '../../../../proxy/backends/iptables/names.ts';
import type { IptablesOptions } from '../../../../proxy/backends/iptables/options.ts';
import { parseSaved } from '../../../../proxy/backends/iptables/read.ts';
import { supported } from '../../../../proxy/backends/iptables/supported.ts';
import type { NodeRecord } from '../../../../proxy/model/records.ts';
import type { Endpoint, Unit } from '../../../../proxy/model/unit.ts';

/** The steps of kernel.test.ts, run as a process inside the namespaces; prints what was seen as JSON. */
const all: Record<string, () => Promise<unknown>> = {
  round,
  many,
  crowd,
  drift,
  refusal,
  takeover,
  cleanup,
  hidden,
  support,
};

const variant = process.argv[3] === 'legacy' ? 'legacy' : 'nft';

const options: IptablesOptions = {
  scheduler: 'random',
  masqueradeAll: false,
  detector: { kind: 'cidr', cidrs: ['172.16.0.0/16', 'fd16::/64'] },
  nodePortCidrs: ['0.0.0.0/0', '::/0'],
  serviceCidrs: ['172.17.0.0/18', 'fd17::/64'],
  variant,
};

const node: NodeRecord = {
  name: 'n1',
  addresses: ['192.168.56.11', 'fd56::11'],
  podCIDRs: [],
  zone: '',
  leaving: false,
};

/** A Service with something of everything, in the given family. */
function unit(n: number, more: Partial<Unit> = {}): Unit {
  const six = more.family === 'IPv6';
  const family = more.family ?? 'IPv4';
  return {
    id: `${family}/default/s${n}//TCP`,
    namespace: 'default',
    name: `s${n}`,
    portName: '',
    family,
    protocol: 'TCP',
    port: 80,
    clusterIP: six ? `fd17::${n.toString(16)}` : `172.17.${n >> 8}.${n & 255}`,
    nodePort: 0,
    externalIPs: [],
    vips: [],
    sourceRanges: [],
    affinitySeconds: undefined,
    internal: 'cluster',
    external: 'cluster',
    cluster: [2, 3, 4].map((host) => endpoint(six ? `fd16::${n}:${host}` : `172.16.${n >> 8}.${host}`)),
    local: [],
    serving: new Set(),
    ...more,
  };
}

function endpoint(address: string): Endpoint {
  return { address, port: 8080, local: false, maybeLocal: false };
}

function rich(n: number, family: Unit['family']): Unit {
  const six = family === 'IPv6';
  const plain = unit(n, { family });
  return {
    ...plain,
    portName: 'http',
    protocol: n % 2 === 0 ? 'TCP' : 'UDP',
    nodePort: 30_000 + n,
    externalIPs: [six ? `fd99::${n}` : `10.9.9.${n}`],
    vips: [six ? `fd24::${n}` : `10.240.0.${n}`],
    sourceRanges: [six ? 'fd56::/64' : '192.168.56.0/24', six ? 'fd57::/64' : '10.0.0.0/8'],
    affinitySeconds: 600,
    external: n % 2 === 0 ? 'local' : 'local-drop',
    local: n % 2 === 0 ? plain.cluster.slice(0, 2) : [],
  };
}

const tool = (family: Unit['family']) => `${family === 'IPv4' ? 'iptables' : 'ip6tables'}-${variant}`;

async function save(family: Unit['family'] = 'IPv4'): Promise<string> {
  const tables = ['nat', 'filter'].map((table) => run(`${tool(family)}-save`, ['-t', table]));
  return (await Promise.all(tables)).map(({ stdout }) => stdout).join('');
}

/** What we write, we recognise in what the kernel shows: else every check would find something. */
async function round() {
  const found: Record<string, unknown> = {};
  for (const family of ['IPv4', 'IPv6'] as const) {
    for (const [name, more] of Object.entries(variations)) {
      const backend = createIptablesBackend(family, { ...options, ...more });
      const none = unit(7, { family, internal: 'reject', external: 'reject', nodePort: 30_007, cluster: [] });
      const nobody = unit(8, { family, internal: 'drop' });
      const units = [unit(1, { family }), rich(2, family), rich(3, family), none, nobody];
      const first = await backend.sync({ kind: 'full', node, units });
      const second = await backend.sync({ kind: 'full', node, units });
      await backend.settle();
      await run(tool(family), ['-t', 'nat', '-A', 'KUBE-SVC-AAAAAAAAAAAAAAAA', '-j', 'RETURN'], {
        okCodes: [1, 2],
      });
      found[`${family} ${name}`] = [first.written > 0, second.written, (await backend.verify()) ?? null];
    }
  }
  return found;
}

const variations: Record<string, Partial<IptablesOptions>> = {
  random: {},
  'in turn': { scheduler: 'rr' },
  'masquerade all': { masqueradeAll: true },
  interface: { detector: { kind: 'interfacePrefix', prefix: 'cali' } },
  bridge: { detector: { kind: 'bridge', name: 'cni0' } },
  primary: { nodePortCidrs: 'primary' },
  networks: { nodePortCidrs: ['192.168.56.0/24', 'fd56::/64'], masqueradeBit: 3 },
};

/** More than fits into one message in this namespace. */
async function many() {
  const backend = createIptablesBackend('IPv4', options);
  const units = Array.from({ length: 800 }, (_, n) => unit(n));
  await backend.sync({ kind: 'full', node, units });
  await backend.settle();
  const chains = parseSaved(await save()).get('nat');
  return {
    services: chains?.get('KUBE-SERVICES')?.length,
    chains: [...(chains?.keys() ?? [])].filter((name) => name.startsWith('KUBE-S')).length,
    difference: (await backend.verify()) ?? null,
  };
}

/** One Service with more endpoints than fit into one message, which then all change. */
async function crowd() {
  const backend = createIptablesBackend('IPv4', options);
  const hosts = (net: number) =>
    Array.from({ length: 1200 }, (_, i) => endpoint(`172.16.${net + (i >> 8)}.${i & 255}`));
  await backend.sync({ kind: 'full', node, units: [unit(1, { cluster: hosts(0) })] });
  const before = (await backend.verify()) ?? null;
  const change = { kind: 'partial', gone: [], units: [unit(1, { cluster: hosts(100) })] } as const;
  const failed = await backend.sync(change).then(
    () => false,
    () => true,
  );
  if (failed) await backend.sync({ kind: 'full', node, units: change.units });
  const chains = parseSaved(await save()).get('nat');
  return { before, endpoints: [...(chains?.keys() ?? [])].filter((name) => name.includes('SEP')).length };
}

async function drift() {
  const backend = createIptablesBackend('IPv4', options);
  const start = async () => {
    await backend.sync({ kind: 'full', node, units: [unit(1), rich(2, 'IPv4')] });
    await backend.settle();
  };
  const after = async (...change: string[]) => {
    await start();
    await run(tool('IPv4'), change);
    const difference = await backend.verify();
    await start();
    return [difference?.replace(/ -d .*| -m .*| KUBE-SVC-\S*/, ' …'), (await backend.verify()) ?? null];
  };
  await start();
  return {
    rule: await after('-t', 'nat', '-D', 'KUBE-SERVICES', '1'),
    foreign: await after('-t', 'nat', '-I', 'KUBE-SERVICES', '-s', '1.2.3.4', '-j', 'RETURN'),
    jump: await after('-t', 'nat', '-D', 'PREROUTING', '1'),
    flushed: await after('-t', 'nat', '-F', chainNames(unit(1)).svc),
    table: await after('-t', 'nat', '-F'),
    filter: await after('-F', 'KUBE-FORWARD'),
  };
}

async function refusal() {
  const backend = createIptablesBackend('IPv4', options);
  await backend.sync({ kind: 'full', node, units: [unit(0), unit(1)] });
  await run(tool('IPv4'), ['-t', 'nat', '-F', 'KUBE-SERVICES']);
  const change = { kind: 'partial', gone: [], units: [unit(0, { port: 81 })] } as const;
  const failed = await backend.sync(change).then(
    () => false,
    () => true,
  );
  await backend.sync({ kind: 'full', node, units: [unit(0, { port: 81 }), unit(1)] });
  await backend.settle();
  return { failed, differenceAfter: (await backend.verify()) ?? null };
}

/** Another process comes, knows nothing but what is in the kernel, and changes no more than has changed. */
async function takeover() {
  await createIptablesBackend('IPv4', options).sync({ kind: 'full', node, units: [unit(1), unit(2)] });
  const next = createIptablesBackend('IPv4', options);
  const same = await next.sync({ kind: 'full', node, units: [unit(2), unit(1)] });
  await createIptablesBackend('IPv4', options).sync({ kind: 'full', node, units: [unit(2)] });
  const left = await save();
  return { written: same.written, gone: !left.includes('default/s1'), stays: left.includes('default/s2') };
}

/** Somebody puts a rule into our tables that only nft can express: iptables-nft then shows nothing of them. */
async function hidden() {
  const foreign = ['add', 'rule', 'ip', 'nat', 'PREROUTING', 'numgen inc mod 3 vmap { 0 : accept }'];
  const backend = createIptablesBackend('IPv4', options);
  await backend.sync({ kind: 'full', node, units: [unit(1)] });
  await run('nft', foreign);
  const next = createIptablesBackend('IPv4', options);
  await next.sync({ kind: 'full', node, units: [unit(1), unit(2)] });
  await next.sync({ kind: 'partial', gone: [unit(1).id], units: [unit(3)] });
  await next.settle();
  const clean = (await next.verify()) ?? null;
  const prerouting = async () => (await run('nft', ['list', 'chain', 'ip', 'nat', 'PREROUTING'])).stdout;
  const jumps = (await prerouting()).match(/jump KUBE-SERVICES/g)?.length;
  const services = (await run('nft', ['list', 'chain', 'ip', 'nat', 'KUBE-SERVICES'])).stdout;
  await run(tool('IPv4'), ['-t', 'nat', '-D', 'PREROUTING', '1']);
  const difference = (await next.verify())?.slice(0, 22);
  await next.sync({ kind: 'full', node, units: [unit(2)] });
  await cleanupIptables();
  const left = await prerouting();
  return {
    clean,
    jumps,
    services: services.match(/172.17.0.\d/g),
    difference,
    left: left.includes('KUBE'),
    theirs: left.includes('numgen'),
  };
}

async function cleanup() {
  const foreign = `*nat\n:CNI-HOSTPORT - [0:0]\n:KUBE-MARK-DROP - [0:0]\n-A PREROUTING -j CNI-HOSTPORT\n-A CNI-HOSTPORT -p tcp -m tcp --dport 9 -j RETURN\nCOMMIT\n*filter\n:KUBE-FIREWALL - [0:0]\n-A INPUT -j KUBE-FIREWALL\nCOMMIT\n`;
  await run(`${tool('IPv4')}-restore`, ['--noflush'], { input: foreign });
  const plain = (text: string) =>
    text
      .split('\n')
      .filter((line) => /^(-|:[A-Z]+-)/.test(line))
      .sort();
  const before = plain(await save());
  for (const family of ['IPv4', 'IPv6'] as const) {
    await createIptablesBackend(family, options).sync({ kind: 'full', node, units: [rich(2, family)] });
  }
  const removed = await cleanupIptables();
  const again = await cleanupIptables();
  return {
    removed: removed.length > 20,
    again,
    untouched:
      plain(await save())
        .join('\n')
        .replaceAll(' [0:0]', '') === before.join('\n').replaceAll(' [0:0]', ''),
    left: (await save('IPv6')).includes('KUBE'),
    remembered: readFileSync('/proc/net/dev', 'utf8') !== '' && !(await lists()).includes('KUBE'),
  };
}

/** The lists of clients that the kernel keeps. */
async function lists(): Promise<string> {
  return (await run('ls', ['/proc/net/xt_recent'], { okCodes: [0, 2] })).stdout;
}

async function support() {
  const here = (await supported(variant)) ?? null;
  process.env['PATH'] = '/nowhere';
  return { here, trace: (await save().catch(() => '')).includes('TRIAL') };
}

const step = all[process.argv[2] ?? ''];
process.stdout.write(JSON.stringify(await step?.()));
