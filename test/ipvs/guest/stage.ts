import { connect, createServer } from 'node:net';
import { run } from '../../../lib/exec.ts';
import type { Family } from '../../../lib/ip.ts';
import { keyOf } from '../../../lib/kube/informer.ts';
import { silentLog } from '../../../lib/log.ts';
import { waitFor } from '../../../lib/wait.ts';
import type { Backend } from '../../../proxy/backends/backend.ts';
import { createIpvsBackend } from '../../../proxy/backends/ipvs/backend.ts';
import type { IpvsOptions } from '../../../proxy/backends/ipvs/options.ts';
import { createDriver, type Driver } from '../../../proxy/driver.ts';
import { nodeRecord, serviceRecord, sliceRecord } from '../../../proxy/model/from-kube.ts';
import { Store } from '../../../proxy/model/store.ts';
import { type EndpointSpec, node, type ServiceSpec, service, slice } from '../../proxy/objects.ts';
import { at, type Place, type World } from './world.ts';

type Backer = 'a1' | 'a2' | 'a3' | 'b1' | 'node';

/** A node with its backend, and probes, in the words of one address family. */
export interface Stage {
  readonly family: Family;
  readonly world: World;
  readonly backend: Backend;
  address(name: keyof typeof at): string;
  /**
   * Takes new addresses for the next Service, since connections to the last one's go on being counted for two minutes after
   * their end.
   */
  next(): void;
  readonly vip: string;
  readonly nodePort: number;
  /** An address that clients outside are routed to the node for. */
  readonly routed: string;
  /** A Service `web` at `vip`, port 80, unless said otherwise. */
  service(given?: ServiceSpec): void;
  endpoints(
    list: readonly (Backer | (Omit<EndpointSpec, 'ip'> & { pod: Backer }))[],
    more?: { service?: string; port?: number; protocol?: string },
  ): void;
  remove(name?: string): void;
  /** Writes what has changed, as the proxy does; everything with `full`. */
  sync(full?: boolean): Promise<void>;
  /** As after a restart of the proxy, or with another plan: nothing is remembered. */
  restart(options?: Partial<IpvsOptions>): void;
  ask(from: Place | 'node', host: string, port: number, options?: Ask): Promise<string[]>;
  names(from: Place | 'node', host: string, port: number, options?: Ask): Promise<string[]>;
  /** What `ipvsadm -Ln` prints for a virtual server of TCP, the current cluster IP's by default. */
  table(at?: string): Promise<string>;
  /** Output of a program on the node. */
  see(command: string, ...args: string[]): Promise<string>;
  /** What the kernel has, for whoever looks into a failure. */
  facts(): Promise<string>;
  close(): Promise<void>;
}

export interface Ask {
  times?: number;
  protocol?: 'tcp' | 'udp';
  from?: string;
  localPort?: number;
  timeoutMs?: number;
}

/** Long enough for an answer in an emulated machine, when none is expected. */
export const nobody = { timeoutMs: 2000 };

export function createStage(family: Family, worldOf: () => World | undefined): Stage {
  const six = family === 'IPv6' ? 1 : 0;
  const store = new Store('n1');
  const own = node({ name: 'n1', addresses: [...at.node], podCIDRs: ['172.16.1.0/24', 'fd16:0:0:1::/64'] });
  store.setNode(nodeRecord(own as never));
  let backend: Backend;
  let driver: Driver;
  let first = true;
  let number = 9;

  const stage: Stage = {
    family,
    get world() {
      const world = worldOf();
      if (!world) throw new Error('the network is not there');
      return world;
    },
    get backend() {
      return backend;
    },
    address: (name) => at[name][six],
    next() {
      number++;
    },
    get vip() {
      return six ? `fd17::${number}` : `172.17.0.${number}`;
    },
    get nodePort() {
      return 30_000 + number + 1000 * six;
    },
    get routed() {
      return six ? `fd24::${number}` : `10.240.0.${number}`;
    },
    service(given = {}) {
      const object = service({ clusterIPs: [stage.vip], ...given });
      store.setService(keyOf(object), serviceRecord(object as never));
    },
    endpoints(list, { service: name = 'web', port = 8080, protocol = 'TCP' } = {}) {
      const endpoints = list.map((one) => {
        const { pod, ...given } = typeof one === 'string' ? { pod: one } : one;
        return { ip: at[pod][six], node: pod === 'b1' ? 'n2' : 'n1', ...given };
      });
      const object = slice({ service: name, family, endpoints, ports: [{ port, protocol }] });
      store.setSlice(keyOf(object), sliceRecord(object as never));
    },
    remove(name = 'web') {
      store.setService(`default/${name}`, undefined);
      store.setSlice(`default/${name}-1`, undefined);
    },
    async sync(full = false) {
      const signal = new AbortController().signal;
      await driver.sync(store.take(), full || first, signal);
      first = false;
      await driver.backend.settle(signal);
    },
    restart(options = {}) {
      backend = createIpvsBackend(family, { ...defaults, ...options });
      driver = createDriver(family, store, backend, silentLog);
      first = true;
    },
    async ask(from, host, port, { times = 1, protocol = 'tcp', timeoutMs = 8000, ...rest } = {}) {
      const answers: string[] = [];
      for (let i = 0; i < times; i++) {
        const order = { protocol, host, port, timeoutMs, ...rest };
        answers.push(from === 'node' ? await dialHere(order) : await stage.world.agents[from].dial(order));
      }
      return answers;
    },
    async names(from, host, port, options) {
      return (await stage.ask(from, host, port, options)).map((answer) => answer.split(' ')[0] ?? '');
    },
    async table(where = six ? `[${stage.vip}]:80` : `${stage.vip}:80`) {
      const options = { timeoutMs: 60_000, okCodes: [0, 1, 2, 255] };
      return (await run('ipvsadm', ['-Ln', '-t', where], options)).stdout;
    },
    async see(command, ...args) {
      return (await run(command, args, { timeoutMs: 60_000 })).stdout;
    },
    async facts() {
      const save = six ? 'ip6tables-save' : 'iptables-save';
      const list: [string, ...string[]][] = [
        ['ipvsadm', '-Lnc'],
        ['ipvsadm', '-Ln'],
        [save, '-c'],
        ['ip', 'addr'],
        ['conntrack', '-L', '-f', six ? 'ipv6' : 'ipv4'],
      ];
      const texts = await Promise.all(
        list.map(([command, ...args]) => stage.see(command, ...args).catch(String)),
      );
      return texts.join('\n');
    },
    async close() {
      for (const [key] of [...store.services()]) stage.remove(key.split('/')[1]);
      await stage.sync(true);
    },
  };
  stage.restart();
  return stage;
}

const defaults: IpvsOptions = {
  scheduler: 'rr',
  masqueradeAll: false,
  detector: { kind: 'cidr', cidrs: ['172.16.0.0/16', 'fd16::/32'] },
  nodePortCidrs: 'primary',
};

/** A connection of the node's own. It ends with a reset, after which the kernel counts it for 10 s instead of 120. */
function dialHere({
  host,
  port,
  timeoutMs,
}: {
  host: string;
  port: number;
  timeoutMs: number;
}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer: string) => {
      clearTimeout(timer);
      socket.resetAndDestroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish('silent'), timeoutMs);
    socket.once('data', (data) => finish(data.toString().trim()));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish(error.code === 'ECONNREFUSED' ? 'refused' : (error.code ?? 'failed')),
    );
  });
}

/** A server on all addresses of the node, for the time of `work`. */
export async function withServer(port: number, work: () => Promise<void>): Promise<void> {
  const server = createServer((socket) => socket.on('error', () => {}).end('node-itself\n'));
  await new Promise<void>((resolve) => server.listen(port, '::', () => resolve()));
  try {
    await work();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

export async function eventually(
  what: string,
  check: () => Promise<boolean>,
  timeoutMs = 30_000,
  intervalMs = 300,
): Promise<void> {
  await waitFor(check, { what, timeoutMs, intervalMs });
}

/** How often each occurs. */
export function count(list: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const one of list) found[one] = (found[one] ?? 0) + 1;
  return found;
}
