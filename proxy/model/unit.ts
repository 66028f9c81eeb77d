import type { Family } from '../../lib/ip.ts';
import type { Protocol } from './records.ts';

/** An endpoint that this node may send to: an address, and the port number that this pod's port name stands for. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** It runs on this node. */
  readonly local: boolean;
  /** Whether it may send to itself through the Service on this node: it is local, or nobody says where it is. */
  readonly maybeLocal: boolean;
}

/**
 * The unit of load balancing: one port of one Service in one address family, as this node sees it.
 * What is done with its traffic is decided here, once, for all backends (table in docs/nftables.md).
 */
export interface Unit {
  /** `IPv4/namespace/name/port/TCP`: unique, and the same over its whole life. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly portName: string;
  readonly family: Family;
  readonly protocol: Protocol;
  readonly port: number;
  readonly clusterIP: string;
  /** 0: none. */
  readonly nodePort: number;
  readonly externalIPs: readonly string[];
  readonly vips: readonly string[];
  readonly sourceRanges: readonly string[];
  readonly affinitySeconds: number | undefined;
  /** What happens to traffic for the cluster IP. */
  readonly internal: 'cluster' | 'local' | 'reject' | 'drop';
  /**
   * What happens to traffic for external addresses (node ports, external IPs, load balancer VIPs). With `local` and
   * `local-drop` (no endpoint on this node), pods and the node itself are served from `cluster` all the same.
   */
  readonly external: 'cluster' | 'local' | 'local-drop' | 'reject';
  /** Endpoints for traffic under policy Cluster, sorted. */
  readonly cluster: readonly Endpoint[];
  /** Endpoints for traffic under policy Local, sorted; empty when no address uses it. */
  readonly local: readonly Endpoint[];
  /** `address:port` of all endpoints that still serve, whether picked or not: their UDP flows are left alone. */
  readonly serving: ReadonlySet<string>;
}
