import type { Family } from '../../../lib/ip.ts';
import { bits, hex } from './layout.ts';
import { chain } from './text.ts';

/**
 * One way to keep affinity records. IPv4 has one map for all units, keyed by client and list, and one recorder for each timeout.
 * IPv6 has a map and a recorder for each list: nft 1.0.6 gives the key of an `update @map` statement 16 bytes of register space
 * and no more, which an IPv6 address fills alone (netlink_gen_map_stmt; it aborts on longer keys).
 */
export interface Recorder {
  /** Tells its chains from those of others; empty for the one in the skeleton. */
  readonly suffix: string;
  readonly map: string;
  /** The client's key in the map. */
  readonly client: string;
  readonly ip: 'ip' | 'ip6';
  readonly seconds: number;
  /** Whether the map comes with the recorder. */
  readonly ownMap: boolean;
}

/** Kubernetes' default for `timeoutSeconds`. */
export const defaultTimeout = 10_800;

export const defaultRecorder: Recorder = {
  suffix: '',
  map: 'affinity',
  client: `ip saddr . (meta priority & ${hex(bits.list)})`,
  ip: 'ip',
  seconds: defaultTimeout,
  ownMap: false,
};

/** The recorder for a list of a unit with that timeout. */
export function recorderFor(family: Family, list: number, seconds: number): Recorder {
  if (family === 'IPv4') {
    return seconds === defaultTimeout
      ? defaultRecorder
      : { ...defaultRecorder, suffix: `-${seconds}`, seconds };
  }
  const name = list.toString(16);
  const map = `affinity-${name}`;
  return { suffix: `-${name}-${seconds}`, map, client: 'ip6 saddr', ip: 'ip6', seconds, ownMap: true };
}

/** The map that a recorder of its own kind needs. */
export function recorderMap({ map }: Recorder): string {
  return `  map ${map} { type ipv6_addr : classid; flags dynamic,timeout; timeout 3h; size 65536; }`;
}

/** The chains of a recorder. */
export function recorderChains(recorder: Recorder): string[] {
  const look = recorder.ownMap ? [chain(`lookup${recorder.suffix}`, lookup(recorder))] : [];
  return [
    chain(`remember${recorder.suffix}`, [remember(recorder), translate(recorder)]),
    chain(`refresh${recorder.suffix}`, refresh(recorder)),
    ...look,
  ];
}

/** A client with a record goes on with the key of its endpoint in the scratch, one without to a fresh pick. */
export function lookup({ client, map, suffix, ownMap }: Recorder): string[] {
  const hit = ownMap ? `refresh${suffix}` : 'sticky-hit';
  return [`meta priority set ${client} map @${map} goto ${hit}`, 'goto choose'];
}

/**
 * The client has a record: renew it and go there. When that endpoint has left, the look-up fails, so the last two rules drop
 * the record and pick afresh. That makes a gone endpoint unreachable through affinity in the same instant as it leaves the maps.
 */
function refresh(recorder: Recorder): string[] {
  return [
    remember(recorder),
    translate(recorder),
    `delete @${recorder.map} { ${recorder.client} : meta priority }`,
    'goto repick',
  ];
}

function remember({ client, map, seconds }: Recorder): string {
  return `update @${map} { ${client} timeout ${seconds}s : meta priority }`;
}

function translate({ ip }: Recorder): string {
  return `${transport} dnat ${ip} to meta priority map @sticky-endpoints`;
}

/** nft accepts a port in `dnat` only behind a match like this one. */
export const transport = 'meta l4proto { tcp, udp, sctp }';
