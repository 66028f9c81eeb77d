import type { LocalDetector } from './backends/nftables/options.ts';
import type { PortRange } from './backends/userspace/options.ts';

/** The ways to bring Services into the kernel, the default first. */
export const modes = ['nftables', 'iptables', 'ipvs', 'userspace'] as const;
export type Mode = (typeof modes)[number];

/** Everything that may change while the proxy runs: which backend, and how it works. Times in milliseconds. */
export interface Plan {
  readonly mode: Mode;
  /** One of the mode's own (proxy/modes.ts). */
  readonly scheduler: string;
  readonly masqueradeAll: boolean;
  readonly masqueradeBit: number;
  readonly detector: LocalDetector;
  readonly nodePortCidrs: readonly string[] | 'primary';
  readonly serviceCidrs: readonly string[];
  /** Node ports on 127.0.0.0/8 too (mode iptables). */
  readonly localhostNodePorts: boolean;
  readonly ipvs: {
    readonly strictArp: boolean;
    readonly excludeCidrs: readonly string[];
    readonly timeouts: { readonly tcp: number; readonly tcpFin: number; readonly udp: number };
  };
  readonly userspace: { readonly portRange: PortRange | undefined; readonly udpTimeoutMs: number };
  readonly syncPeriodMs: number;
  readonly minSyncPeriodMs: number;
}
