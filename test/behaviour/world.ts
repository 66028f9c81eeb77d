import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Family } from '../../lib/ip.ts';
import { repositoryRoot } from '../../lib/root.ts';
import { waitFor } from '../../lib/wait.ts';
import { bundleInto } from '../proxy/bundle.ts';
import { type FakeApi, startFakeApi } from '../proxy/fake-api.ts';
import { node, service, slice } from '../proxy/objects.ts';
import { type Agent, connectAgent } from './agent-client.ts';

/** Where a probe can come from: outside the cluster, a node's own shell, or a pod. Nodes n1 and n2; a1, a2, c1 on n1; b1, b2 on n2. */
export type Place = 'out' | 'n1' | 'n2' | 'a1' | 'a2' | 'c1' | 'b1' | 'b2';

export type Mode = 'nftables' | 'iptables' | 'ipvs' | 'userspace';

export const nodes = ['n1', 'n2'] as const;

/** Addresses of everything, for both families. */
export const at = {
  out: ['192.168.56.1', 'fd56::1'],
  out2: ['192.168.56.2', 'fd56::2'],
  n1: ['192.168.56.11', 'fd56::11'],
  n2: ['192.168.56.12', 'fd56::12'],
  a1: ['172.16.1.2', 'fd16:0:0:1::2'],
  a2: ['172.16.1.3', 'fd16:0:0:1::3'],
  c1: ['172.16.1.9', 'fd16:0:0:1::9'],
  b1: ['172.16.2.2', 'fd16:0:0:2::2'],
  b2: ['172.16.2.3', 'fd16:0:0:2::3'],
} as const satisfies Record<string, readonly [string, string]>;

/** Two nodes with pods in namespaces, each node with a real proxy process, all fed by one fake API server. */
export interface World {
  readonly api: FakeApi;
  readonly agents: Readonly<Record<Place, Agent>>;
  readonly folder: string;
  /** Starts the proxies of both nodes; ends those that run with other flags. */
  useProxies(flags: readonly string[]): Promise<void>;
  startProxy(name: 'n1' | 'n2', flags: readonly string[], env?: Record<string, string>): Promise<void>;
  stopProxy(name: 'n1' | 'n2', signal?: NodeJS.Signals): Promise<number | string>;
  /** Resolves when both proxies have written everything that was put into the API so far. */
  settled(): Promise<void>;
  /** Standard output of `nft` on a node. */
  nft(name: 'n1' | 'n2', ...args: string[]): Promise<string>;
  close(): Promise<void>;
}

export interface WorldGiven {
  /** The proxies' mode, which is also given to them by a flag. */
  readonly mode?: Mode;
  /** A folder with agent.mjs, proxy.mjs and world.sh; by default they are made from the sources here. */
  readonly programs?: string;
  /** Puts everything into a user namespace, even for root: what works there works for everybody. Default true. */
  readonly userNamespace?: boolean;
  /** How long programs may take to start. */
  readonly startMs?: number;
}

export async function createWorld(given: WorldGiven = {}): Promise<World> {
  const { mode = 'nftables', startMs = 45_000 } = given;
  const folder = mkdtempSync(`${tmpdir()}/behaviour-`);
  const programs = given.programs ?? folder;
  if (given.programs === undefined) {
    await bundleInto(folder, { agent: 'test/behaviour/agent.ts', proxy: 'proxy/main.ts' });
    copyFileSync(`${repositoryRoot()}/test/behaviour/world.sh`, `${folder}/world.sh`);
  }
  const api = await startFakeApi({ path: `${folder}/api.sock` });
  const holder = hold(programs, folder, given.userNamespace ?? true);
  const places = ['out', 'n1', 'n2', 'a1', 'a2', 'c1', 'b1', 'b2'] as const;
  const list = await Promise.all(places.map((place) => connectAgent(`${folder}/${place}.sock`, startMs)));
  const agents = Object.fromEntries(places.map((place, i) => [place, list[i]])) as Record<Place, Agent>;
  await agents.out.relay({ host: '192.168.56.1', port: 6443, path: `${folder}/api.sock` });
  await serveAll(agents);
  putNodes(api);
  const kubeconfig = api.kubeconfig('https://192.168.56.1:6443');
  const running = new Map<string, string>();
  let latestPort = 9999;

  const world: World = {
    api,
    agents,
    folder,
    async useProxies(flags) {
      await Promise.all(
        nodes.map(async (name) => {
          if (running.get(name) === flags.join(' ')) return;
          await world.stopProxy(name);
          await world.startProxy(name, flags);
        }),
      );
    },
    async startProxy(name, flags, env = {}) {
      running.set(name, flags.join(' '));
      const own = ['--kubeconfig', kubeconfig, '--hostname-override', name, '--proxy-mode', mode, '--v', '4'];
      const args = [`${programs}/proxy.mjs`, ...own, ...flags];
      await agents[name].start({
        key: 'proxy',
        command: process.execPath,
        args,
        log: `${folder}/${name}.log`,
        env,
      });
    },
    async stopProxy(name, signal = 'SIGTERM') {
      running.delete(name);
      return await agents[name].kill({ key: 'proxy', signal });
    },
    async settled() {
      const port = ++latestPort;
      api.put(
        'services',
        service({
          name: 'marker',
          clusterIPs: families.map((family) => marker[family].address),
          ports: [{ name: `m${port}`, port }],
        }),
      );
      api.put('endpoints', {
        metadata: { name: 'marker', namespace: 'default' },
        subsets: [
          {
            addresses: families.map((family) => ({ ip: marker[family].endpoint })),
            ports: [{ name: `m${port}`, port }],
          },
        ],
      } as never);
      for (const family of families) {
        const endpoints = [{ ip: marker[family].endpoint, node: 'n2' }];
        api.put(
          'endpointslices',
          slice({
            name: `marker-${family}`,
            service: 'marker',
            family,
            ports: [{ name: `m${port}`, port }],
            endpoints,
          }),
        );
      }
      await Promise.all(
        nodes.filter((name) => running.has(name)).map((name) => hasMarker(agents[name], port, mode, startMs)),
      );
    },
    async nft(name, ...args) {
      const { code, stdout, stderr } = await agents[name].exec({ command: 'nft', args });
      if (code !== 0) throw new Error(stderr);
      return stdout;
    },
    async close() {
      holder.stdin?.end();
      await new Promise((resolve) => holder.once('exit', resolve));
      for (const agent of list) agent.close();
      await api.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

function hold(programs: string, folder: string, userNamespace: boolean): ChildProcess {
  const user = userNamespace ? ['--user', '--map-root-user'] : [];
  const spaces = [...user, '--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
  const script = ['sh', `${programs}/world.sh`, folder, `${programs}/agent.mjs`, process.execPath];
  return spawn('unshare', [...spaces, ...script], { stdio: ['pipe', 'inherit', 'inherit'] });
}

const pods = ['a1', 'a2', 'b1', 'b2'] as const;

async function serveAll(agents: Record<Place, Agent>): Promise<void> {
  for (const name of [...pods, ...nodes]) {
    await agents[name].serve({ name, port: 8080, protocol: 'tcp' });
    await agents[name].serve({ name, port: 5353, protocol: 'udp' });
  }
  for (const name of pods) {
    await agents[name].serve({ name: `${name}:9090`, port: 9090, protocol: 'tcp' });
    await agents[name].serve({ name: `${name}:5354`, port: 5354, protocol: 'udp' });
    await agents[name].serveLate({ name, port: 7070 });
  }
}

export function putNodes(api: FakeApi): void {
  for (const [i, name] of nodes.entries()) {
    const podCIDRs = [`172.16.${i + 1}.0/24`, `fd16:0:0:${i + 1}::/64`];
    api.put('nodes', node({ name, addresses: [...at[name]], podCIDRs, zone: `zone-${i + 1}` }));
  }
}

/** Milliseconds between two looks. Mode ipvs runs on an emulated machine, where each takes time away from what it waits for. */
const lookEvery: Record<Mode, number> = { nftables: 15, iptables: 15, userspace: 15, ipvs: 200 };

/** Both streams come in order, so a Service written after others with an endpoint written after others vouches for them. */
async function hasMarker(agent: Agent, port: number, mode: Mode, timeoutMs: number): Promise<void> {
  for (const family of families) {
    for (const { command, args, holds } of proofs[mode](family, port)) {
      const written = async () => {
        const { code, stdout } = await agent.exec({ command, args });
        return code === 0 && holds(stdout);
      };
      const what = `the proxy to write ${family} marker ${port} (${command} ${args.join(' ')})`;
      await waitFor(written, { what, timeoutMs, intervalMs: lookEvery[mode] });
    }
  }
}

/** A command on the node, and what its output says once the proxy has written the marker. */
interface Proof {
  readonly command: string;
  readonly args: string[];
  readonly holds: (stdout: string) => boolean;
}

const families = ['IPv4', 'IPv6'] as const;

/** What every settling puts anew, with another port. */
const marker = {
  IPv4: { address: '172.17.63.1', endpoint: '172.16.2.99' },
  IPv6: { address: 'fd17::63', endpoint: 'fd16:0:0:2::99' },
} as const;

/** In this order. */
const proofs: Record<Mode, (family: Family, port: number) => Proof[]> = {
  nftables: (family, port) => [elementInForce(family, port)],
  userspace: (family, port) => [element(family, port, 'workshop-proxy-userspace')],
  iptables: (family, port) => [
    {
      command: family === 'IPv6' ? 'ip6tables' : 'iptables',
      args: ['-w', '-t', 'nat', '-S', 'KUBE-SERVICES'],
      holds: (stdout) => stdout.includes(`--dport ${port} `),
    },
  ],
  ipvs(family, port) {
    const { address, endpoint } = marker[family];
    const server = family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
    const set = family === 'IPv6' ? 'WORKSHOP-6-SERVERS' : 'WORKSHOP-SERVERS';
    const markers = (stdout: string) => stdout.split('\n').filter((line) => line.includes(` ${address},`));
    return [
      // A virtual server is there before its endpoints.
      { command: 'ipvsadm', args: ['-Ln', '-t', server], holds: (stdout) => stdout.includes(endpoint) },
      // And it is there before the addresses, and before what refused its clients goes: only then the marker before this one goes.
      { command: 'ipset', args: ['save', set], holds: (stdout) => markers(stdout).length === 1 },
    ];
  },
};

/** In the table that is in force: a large one is built under the other name first, and what hooks it into the kernel comes last. */
function elementInForce(family: Family, port: number): Proof {
  const args = ['-c', getInForce, 'sh', nftFamily[family], keyOf(family, port)];
  return { command: 'sh', args, holds: () => true };
}

const getInForce = `for table in workshop-proxy workshop-proxy-b; do
  nft -c add rule "$1" $table nat-prerouting accept 2>/dev/null && exec nft get element "$1" $table services "$2"
done; exit 1`;

function element(family: Family, port: number, table: string): Proof {
  const args = ['get', 'element', nftFamily[family], table, 'services', keyOf(family, port)];
  return { command: 'nft', args, holds: () => true };
}

const nftFamily = { IPv4: 'ip', IPv6: 'ip6' } as const;

function keyOf(family: Family, port: number): string {
  return `{ ${marker[family].address} . tcp . ${port} }`;
}
