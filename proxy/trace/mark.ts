import { familyOf } from '../../lib/ip.ts';

export interface TracedFlow {
  /** Undefined: anybody. */
  readonly from: string | undefined;
  readonly to: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

export const traceTable = 'workshop-proxy-trace';

/** A table that has the kernel report every rule that packets of this flow meet. Its name tells runs apart. Pure. */
export function traceRules({ from, to, port, protocol }: TracedFlow, suffix: string): string {
  const ip = familyOf(to) === 'IPv6' ? 'ip6' : 'ip';
  const source = from === undefined ? '' : `${ip} saddr ${from} `;
  // The first packet of a connection alone; 600 a minute would fill any screen.
  const rule = `${source}${ip} daddr ${to} ${protocol} dport ${port} ct state new limit rate 1/second burst 1 packets meta nftrace set 1`;
  const chain = (hook: string) =>
    `  chain ${hook} {\n    type filter hook ${hook} priority -190;\n    ${rule}\n  }\n`;
  return `table ${ip} ${traceTable}-${suffix} {\n${chain('prerouting')}${chain('output')}}\n`;
}

/** nft commands that remove the rules of this trace; harmless when they are gone. */
export function removeTraceRules({ to }: TracedFlow, suffix: string): string {
  const ip = familyOf(to) === 'IPv6' ? 'ip6' : 'ip';
  const name = `${ip} ${traceTable}-${suffix}`;
  return `table ${name} {}\ndelete table ${name}\n`;
}

/**
 * For `sh -c` on the node, with the text of removeTraceRules as its argument: prints what the kernel reports until its standard
 * input ends, and that it does however the program behind it ends; then takes the table away.
 */
export const watcherScript =
  'nft monitor trace & watcher=$!; cat >/dev/null; kill $watcher; printf %s "$1" | nft -f -';
