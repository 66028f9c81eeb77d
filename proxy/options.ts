import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { WorkshopError } from '../lib/errors.ts';
import { familyOf, parseLooseCidr } from '../lib/ip.ts';
import type { LocalDetector, NftablesOptions } from './backends/nftables/options.ts';
import { type Flag, flags } from './flags.ts';

/** The command line, checked. All times in milliseconds. */
export interface Options {
  readonly action: 'run' | 'cleanup' | 'dry-run' | 'help' | 'version';
  readonly kubeconfig: string;
  readonly nodeName: string;
  readonly mode: 'nftables';
  readonly nftables: NftablesOptions;
  readonly syncPeriodMs: number;
  readonly minSyncPeriodMs: number;
  readonly healthz: Address | undefined;
  readonly metrics: Address | undefined;
  /** Overrides the node's primary address; undefined when unspecified (0.0.0.0, ::). */
  readonly bindAddress: string | undefined;
  readonly tcpBeLiberal: boolean;
  readonly verbosity: number;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads the command line. Throws WorkshopError `usage` that names the flag at fault. */
export function parseOptions(argv: readonly string[]): Options {
  const values = read(argv);
  const text = (name: string) => String(values[name] ?? '');
  const on = (name: string) => values[name] === true;
  const action = actionOf(on);
  if (action === 'run' || action === 'dry-run')
    require(text('kubeconfig') !== '', 'kubeconfig', 'a file is needed');
  require(text('proxy-mode') === 'nftables', 'proxy-mode', `no such mode: ${text('proxy-mode')}`, 'nftables');
  const bindAddress = text('bind-address');
  require(familyOf(bindAddress) !== undefined, 'bind-address', `not an IP address: ${bindAddress}`);
  return {
    action,
    kubeconfig: text('kubeconfig'),
    nodeName: (text('hostname-override') || hostname()).trim().toLowerCase(),
    mode: 'nftables',
    nftables: nftablesOptions(text, on),
    syncPeriodMs: duration('nftables-sync-period', text('nftables-sync-period')),
    minSyncPeriodMs: duration('nftables-min-sync-period', text('nftables-min-sync-period')),
    healthz: address('healthz-bind-address', text('healthz-bind-address')),
    metrics: address('metrics-bind-address', text('metrics-bind-address')),
    bindAddress: ['0.0.0.0', '::'].includes(bindAddress) ? undefined : bindAddress,
    tcpBeLiberal: on('conntrack-tcp-be-liberal'),
    verbosity: Number(text('v')) || 0,
  };
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function read(argv: readonly string[]): Values {
  const options = Object.fromEntries(flags.map((flag) => [flag.name, optionOf(flag)]));
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens ?? []) {
    if (token.kind === 'positional') {
      throw usage(`could not use the word "${token.value}": only flags are expected`);
    }
    if (token.kind === 'option' && !flags.some(({ name }) => name === token.name))
      throw unknownFlag(token.rawName);
  }
  try {
    return parseArgs({ args: [...argv], options }).values as Values;
  } catch (error) {
    throw usage(`could not read the command line: ${String((error as Error).message).split('.')[0]}`);
  }
}

function optionOf({ kind, byDefault }: Flag) {
  const type = kind === 'switch' ? ('boolean' as const) : ('string' as const);
  return byDefault === undefined ? { type } : { type, default: byDefault };
}

function actionOf(on: (name: string) => boolean): Options['action'] {
  return (['help', 'version', 'cleanup', 'dry-run'] as const).find(on) ?? 'run';
}

function nftablesOptions(text: (name: string) => string, on: (name: string) => boolean): NftablesOptions {
  const scheduler = text('nftables-scheduler');
  require(scheduler === 'rr' ||
    scheduler === 'random', 'nftables-scheduler', `no such scheduler: ${scheduler}`, 'rr or random');
  const bit = Number(text('nftables-masquerade-bit'));
  require(Number.isInteger(bit) &&
    bit >= 0 &&
    bit < 32, 'nftables-masquerade-bit', 'not a number from 0 to 31');
  const nodePorts = text('nodeport-addresses');
  return {
    scheduler: scheduler === 'rr' ? 'rr' : 'random',
    masqueradeAll: on('masquerade-all'),
    masqueradeBit: bit,
    detector: detector(text),
    nodePortCidrs:
      nodePorts === 'primary' || nodePorts === '' ? 'primary' : cidrs('nodeport-addresses', nodePorts),
    serviceCidrs: cidrs('service-cidr', text('service-cidr')),
  };
}

function detector(text: (name: string) => string): LocalDetector {
  const mode = text('detect-local-mode');
  if (mode === 'ClusterCIDR') return { kind: 'cidr', cidrs: cidrs('cluster-cidr', text('cluster-cidr')) };
  if (mode === 'NodeCIDR') return { kind: 'nodeCidr' };
  if (mode === 'BridgeInterface') {
    return { kind: 'bridge', name: interfaceName('pod-bridge-interface', text) };
  }
  if (mode === 'InterfaceNamePrefix') {
    return { kind: 'interfacePrefix', prefix: interfaceName('pod-interface-name-prefix', text) };
  }
  const known = 'ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix';
  throw bad('detect-local-mode', `no such mode: ${mode}`, known);
}

/** Such a name becomes part of a rule, so it must be one (dev_valid_name in net/core/dev.c, without quotes). */
function interfaceName(flag: string, text: (name: string) => string): string {
  const name = text(flag);
  require(/^[^\s"*/:]{1,15}$/.test(name), flag, name === ''
    ? 'a name is needed'
    : `not an interface name: ${name}`);
  return name;
}

function cidrs(flag: string, list: string): string[] {
  const parts = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const part of parts) {
    try {
      parseLooseCidr(part);
    } catch {
      throw bad(flag, `not a network: ${part}`, 'something like 172.16.0.0/16');
    }
  }
  return parts;
}

function duration(flag: string, text: string): number {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const whole = parts.map(([part]) => part).join('');
  require(text === '0' ||
    (whole === text && text !== ''), flag, `not a time: ${text}`, '30s, 500ms or 1m30s');
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0);
}

function address(flag: string, text: string): Address | undefined {
  if (text === '' || text === '""') return undefined;
  const [, v6, v4, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const host = v6 ?? v4 ?? '';
  require(familyOf(host) !== undefined &&
    Number(port) < 65_536, flag, `not an address and port: ${text}`, '127.0.0.1:10249');
  return { host, port: Number(port) };
}

function require(condition: boolean, flag: string, why: string, advice?: string): asserts condition {
  if (!condition) throw bad(flag, why, advice);
}

function bad(flag: string, why: string, advice?: string): WorkshopError {
  return usage(`could not use --${flag}: ${why}`, advice);
}

function usage(message: string, advice = 'proxy --help'): WorkshopError {
  return new WorkshopError('usage', message, { advice });
}

function unknownFlag(raw: string): WorkshopError {
  const given = raw.replace(/^-+/, '');
  const near = flags
    .map(({ name }) => ({ name, distance: editDistance(given, name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const advice = near && near.distance <= 3 ? `--${near.name}; did you mean that` : 'proxy --help';
  return usage(`could not use ${raw}: no such flag`, advice);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
