/** What the cluster looks like: the repository's settings.yaml, checked and frozen. */
export interface Settings {
  readonly cluster: { readonly name: string };
  /** The first node carries the control plane. */
  readonly nodes: readonly NodeSettings[];
  readonly network: NetworkSettings;
  readonly proxy: { readonly mode: ProxyMode; readonly scheduler: Scheduler };
  readonly vagrant: VagrantSettings;
}

/** The machines of the backend vagrant. The Vagrantfile reads the same fields, with the same defaults. */
export interface VagrantSettings {
  readonly provider: Provider;
  /** How libvirt runs them: by KVM, or emulated; `auto` takes KVM where it can be used. */
  readonly driver: Driver;
  /** `auto`: the one that `workshop box build` made where there is one, else a public one. */
  readonly box: string;
  readonly master: MachineSize;
  readonly workers: MachineSize;
}

export interface MachineSize {
  /** MiB */
  readonly memory: number;
  readonly cpus: number;
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

export const providers = ['libvirt', 'virtualbox'] as const;
export type Provider = (typeof providers)[number];

export const drivers = ['auto', 'kvm', 'qemu'] as const;
export type Driver = (typeof drivers)[number];
