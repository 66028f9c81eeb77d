import type { Family } from '../../lib/ip.ts';
import { waitFor } from '../../lib/wait.ts';
import { type EndpointSpec, type ServiceSpec, service, slice } from '../proxy/objects.ts';
import { at, type Mode, type Place, type World } from './world.ts';

/** One rule of the proxy's behaviour, shown with real packets. The same list runs over every mode and both families. */
export interface Scenario {
  readonly name: string;
  /** Where the rule stands: section of the specification of kube-proxy's behaviour, or the document. */
  readonly rule: string;
  /** Flags of the proxies beyond `baseFlags`; those of the same flags run together. */
  readonly flags?: readonly string[];
  /** Only for this family; otherwise for both. */
  readonly family?: Family;
  /** Only in these modes, where the rule or its proof is of their kind; otherwise in all. */
  readonly modes?: readonly Mode[];
  readonly run: (stage: Stage) => Promise<void>;
}

/** Those that translate packets on their way; in userspace endpoints see the proxy as their client, and sockets end with it. */
export const kernelModes: readonly Mode[] = ['nftables', 'iptables', 'ipvs'];

export const baseFlags = [
  ...['--cluster-cidr', '172.16.0.0/16,fd16::/32'],
  ...['--nftables-sync-period', '2s', '--nftables-min-sync-period', '30ms'],
];

type Pod = 'a1' | 'a2' | 'b1' | 'b2';
export type EndpointGiven = Pod | (Omit<EndpointSpec, 'ip'> & { pod: Pod | 'n1' | 'n2' });

export interface Ask {
  times?: number;
  protocol?: 'tcp' | 'udp';
  from?: string;
  localPort?: number;
  /** Expect no answer: waits only so long for it. */
  timeoutMs?: number;
}

/** The world in the words of one address family. */
export interface Stage {
  readonly world: World;
  readonly family: Family;
  address(name: keyof typeof at): string;
  /** Cluster IP number `n`. */
  vip(n: number): string;
  /** Address number `n` that only a router outside leads to node n1. */
  routed(n: number): string;
  /** A Service with cluster IP 80 (unless said otherwise) and port 80. */
  service(given?: ServiceSpec & { vip?: number }): void;
  /** The slice of Service `web`, with port 8080, unless said otherwise. */
  endpoints(
    list: readonly EndpointGiven[],
    more?: { service?: string; name?: string; ports?: { name?: string; protocol?: string; port: number }[] },
  ): void;
  settled(): Promise<void>;
  /** Opens connections one after the other; resolves with the answers: `name client`, `refused` or `silent`. */
  ask(from: Place, host: string, port: number, options?: Ask): Promise<string[]>;
  /** The same, names only. */
  names(from: Place, host: string, port: number, options?: Ask): Promise<string[]>;
  /** What a node's proxy counts under a name. */
  metric(node: 'n1' | 'n2', name: string): Promise<number>;
  /** Until `check` holds. */
  eventually(what: string, check: () => Promise<boolean>, timeoutMs?: number): Promise<void>;
}

export function createStage(world: World, family: Family): Stage {
  const six = family === 'IPv6' ? 1 : 0;
  const stage: Stage = {
    world,
    family,
    address: (name) => at[name][six],
    vip: (n) => (six ? `fd17::${n}` : `172.17.0.${n}`),
    routed: (n) => (six ? `fd24::${n}` : `10.240.0.${n}`),
    service({ vip = 80, ...given } = {}) {
      world.api.put('services', service({ clusterIPs: [stage.vip(vip)], ...given }));
    },
    endpoints(list, more = {}) {
      const endpoints = list.map((one) => (typeof one === 'string' ? { pod: one } : one)).map(placed);
      world.api.put('endpointslices', slice({ ...more, family, endpoints }));
    },
    settled: () => world.settled(),
    async ask(from, host, port, { times = 1, protocol = 'tcp', timeoutMs = 3000, ...rest } = {}) {
      const answers: string[] = [];
      for (let i = 0; i < times; i++) {
        answers.push(await world.agents[from].dial({ protocol, host, port, timeoutMs, ...rest }));
      }
      return answers;
    },
    async names(from, host, port, options) {
      return (await stage.ask(from, host, port, options)).map((answer) => answer.split(' ')[0] ?? '');
    },
    async metric(node, name) {
      const { body } = await world.agents[node].http({ url: 'http://127.0.0.1:10249/metrics' });
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
    },
    async eventually(what, check, timeoutMs = 15_000) {
      await waitFor(check, { what, timeoutMs, intervalMs: 30 });
    },
  };

  function placed({ pod, ...given }: Exclude<EndpointGiven, string>): EndpointSpec {
    const node = pod.startsWith('n') ? pod : pod.startsWith('a') ? 'n1' : 'n2';
    return { ip: at[pod][six], node, ...given };
  }
  return stage;
}

/** Long enough for an answer, when none is expected. */
export const nobody = { timeoutMs: 350 };
