import type { Contents } from './elements.ts';
import type { Matches } from './options.ts';

export const tableName = 'workshop-proxy-userspace';

/** What it takes to build the table, in commands that rely on earlier ones only; nothing is live before `commit`. */
export interface Script {
  readonly prepare: string;
  readonly pieces: readonly string[];
  readonly commit: string;
}

/** The whole table as text for `nft -f`. Pure. */
export function renderTable(matches: Matches, contents: Contents): Script {
  const ip = wordOf(matches);
  return {
    prepare: dropTable(ip) + block(ip, [...sets(ip), ...chains(matches, ip)]),
    pieces: elementCommands('add', ip, contents),
    commit: block(ip, hooks()),
  };
}

/** The whole script, as nft reads it. */
export function scriptText({ prepare, pieces, commit }: Script): string {
  return [prepare, ...pieces, commit].join('');
}

/** The commands that turn one state of the sets and maps into another, as one text; empty when nothing differs. Pure. */
export function renderDifference(matches: Matches, before: Contents, after: Contents): string {
  const ip = wordOf(matches);
  const gone = subtract(before, after);
  const fresh = subtract(after, before);
  return [...elementCommands('delete', ip, gone), ...elementCommands('add', ip, fresh)].join('');
}

/** How many elements there are in all sets and maps. */
export function countOf(contents: Contents): number {
  return [...contents.values()].reduce((sum, { size }) => sum + size, 0);
}

/** What is in `a` and not the same in `b`. */
function subtract(a: Contents, b: Contents): Contents {
  const rest = new Map<string, Map<string, string | undefined>>();
  for (const [set, elements] of a) {
    const other = b.get(set);
    const differing = [...elements].filter(([key, value]) => !other?.has(key) || other.get(key) !== value);
    if (differing.length > 0) rest.set(set, new Map(differing));
  }
  return rest;
}

/** nft 1.0.6 has no `destroy`: creating it first makes the delete succeed always. */
export function dropTable(ip: string): string {
  return `table ${ip} ${tableName} {}\ndelete table ${ip} ${tableName}\n`;
}

/** nft's word for a table's family. */
export function wordOf({ family }: Pick<Matches, 'family'>): 'ip' | 'ip6' {
  return family === 'IPv4' ? 'ip' : 'ip6';
}

function elementCommands(verb: 'add' | 'delete', ip: string, contents: Contents): string[] {
  return [...contents].flatMap(([set, elements]) => {
    const lines = [...elements].map(([key, value]) =>
      verb === 'add' && value !== undefined ? `${key} : ${value}` : key,
    );
    const count = Math.ceil(lines.length / pieceSize);
    return Array.from({ length: count }, (_, i) => {
      const part = lines.slice(i * pieceSize, (i + 1) * pieceSize).join(',\n');
      return `${verb} element ${ip} ${tableName} ${set} {\n${part}\n}\n`;
    });
  });
}

/** About 100 kB of netlink message, half of the usual net.core.wmem_default. */
const pieceSize = 1000;

function sets(ip: 'ip' | 'ip6'): string[] {
  const address = ip === 'ip' ? 'ipv4_addr' : 'ipv6_addr';
  const byAddress = `${address} . inet_proto . inet_service`;
  const byPort = 'inet_proto . inet_service';
  const map = (name: string, type: string) => `  map ${name} { type ${type} : inet_service; }`;
  const set = (name: string, type: string) => `  set ${name} { type ${type}; }`;
  return [
    `  comment "Kubernetes Services: redirected to the workshop's proxy (${ip})"`,
    map('services', byAddress),
    map('node-ports', byPort),
    map('local-services', byAddress),
    map('local-node-ports', byPort),
    set('rejected', byAddress),
    set('rejected-node-ports', byPort),
    set('dropped', byAddress),
    set('outside-dropped', byAddress),
    set('outside-dropped-node-ports', byPort),
    set('cluster-ips', address),
    set('node-ips', address),
    set('proxy-ports', byPort),
    set('guarded', byAddress),
    `  set allowed { type ${address} . ${byAddress}; flags interval; }`,
  ];
}

function chains(matches: Matches, ip: 'ip' | 'ip6'): string[] {
  const { fromOutside, toNodePort, serviceCidrs } = matches;
  const byAddress = `${ip} daddr . meta l4proto . th dport`;
  const byPort = 'meta l4proto . th dport';
  const to = redirect(matches, ip);
  return [
    chain('to-proxy', [
      `${fromOutside} ${to(`${byAddress} map @local-services`)}`,
      to(`${byAddress} map @services`),
      `${toNodePort} ${fromOutside} ${to(`${byPort} map @local-node-ports`)}`,
      `${toNodePort} ${to(`${byPort} map @node-ports`)}`,
    ]),
    chain('firewall-check', [`${byAddress} @guarded goto firewall`]),
    chain('firewall', [`${ip} saddr . ${byAddress} @allowed return`, 'drop']),
    chain('policy-check', [
      `${fromOutside} ${byAddress} @outside-dropped drop`,
      `${toNodePort} ${fromOutside} ${byPort} @outside-dropped-node-ports drop`,
    ]),
    chain('service-check', [`${byAddress} @rejected reject`, `${byAddress} @dropped drop`]),
    chain('node-port-check', [`${toNodePort} ${byPort} @rejected-node-ports reject`]),
    // Only what the rules above redirected, and this node itself, may come to a proxy port: source ranges would be in vain.
    chain('proxy-port-check', [
      `ct status & dnat == 0 fib saddr type != local ${byPort} @proxy-ports reject`,
    ]),
    chain('cluster-ip-check', [
      `${ip} daddr @cluster-ips reject`,
      ...serviceCidrs.map((cidr) => `${ip} daddr ${cidr} drop`),
    ]),
  ];
}

/** A packet without an entry in the map goes on to the next rule. */
function redirect({ redirectTo }: Matches, ip: 'ip' | 'ip6'): (port: string) => string {
  const transport = 'meta l4proto { tcp, udp }';
  if (redirectTo === undefined) return (port) => `${transport} redirect to : ${port}`;
  const address = ip === 'ip' ? redirectTo : `[${redirectTo}]`;
  return (port) => `${transport} dnat ${ip} to ${address} : ${port}`;
}

function hooks(): string[] {
  const base = (name: string, type: string, rules: string[]) => chain(name, [`type ${type};`, ...rules]);
  const fresh = (name: string) => `ct state new jump ${name}`;
  return [
    base('filter-prerouting', 'filter hook prerouting priority -110', [
      fresh('firewall-check'),
      fresh('policy-check'),
    ]),
    base('filter-input', 'filter hook input priority -110', [
      fresh('service-check'),
      fresh('node-port-check'),
      fresh('proxy-port-check'),
    ]),
    base('filter-forward', 'filter hook forward priority -110', [
      fresh('service-check'),
      fresh('cluster-ip-check'),
    ]),
    base('filter-output', 'filter hook output priority -110', [
      fresh('firewall-check'),
      fresh('service-check'),
    ]),
    base('filter-output-post-dnat', 'filter hook output priority -90', [fresh('cluster-ip-check')]),
    base('nat-prerouting', 'nat hook prerouting priority -100', ['jump to-proxy']),
    base('nat-output', 'nat hook output priority -100', ['jump to-proxy']),
  ];
}

function chain(name: string, lines: readonly string[]): string {
  return [`  chain ${name} {`, ...lines.map((line) => `    ${line}`), '  }'].join('\n');
}

function block(ip: string, parts: readonly string[]): string {
  return `table ${ip} ${tableName} {\n${parts.join('\n')}\n}\n`;
}
