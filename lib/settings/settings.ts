/** What the cluster looks like: the repository's settings.yaml, checked and frozen. */
export interface Settings {
  readonly cluster: { readonly name: string };
  /** The first node carries the control plane. */
  readonly nodes: readonly NodeSettings[];
  readonly network: NetworkSettings;
  readonly proxy: { readonly mode: ProxyMode; readonly scheduler: Scheduler };
}

export interface NodeSettings {
  readonly name: string;
  readonly address: string;
}

export interface NetworkSettings {
  readonly nodes: string;
  readonly pods: string;
  readonly services: string;
  /** `30000-32767` */
  readonly nodePorts: string;
  readonly dns: string;
  readonly domain: string;
  /** `192.168.56.240-192.168.56.250`; undefined: no addresses are given out. */
  readonly loadBalancers: string | undefined;
}

export const proxyModes = ['nftables', 'iptables', 'ipvs', 'userspace'] as const;
export type ProxyMode = (typeof proxyModes)[number];

export const schedulers = ['rr', 'random'] as const;
export type Scheduler = (typeof schedulers)[number];
