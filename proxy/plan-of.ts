import type { LocalDetector } from './backends/nftables/options.ts';
import type { PortRange } from './backends/userspace/options.ts';
import type { Given } from './config/given.ts';
import { modeTable } from './modes.ts';
import { type Mode, modes, type Plan } from './plan.ts';

/** The plan that was given. Throws WorkshopError `usage` that names the flag or field at fault. */
export function planOf(all: Given): Plan {
  const { text, on, cidrs, duration } = all;
  const mode = modeOf(all);
  const timing = mode === 'userspace' ? 'iptables' : mode;
  const nodePorts = text('nodeport-addresses');
  const usual = nodePorts === 'primary' || nodePorts === '';
  return {
    mode,
    scheduler: schedulerOf(all, mode),
    masqueradeAll: on('masquerade-all'),
    masqueradeBit: bit(all, mode === 'nftables' ? 'nftables-masquerade-bit' : 'iptables-masquerade-bit'),
    detector: detector(all),
    nodePortCidrs: usual ? 'primary' : cidrs('nodeport-addresses'),
    serviceCidrs: cidrs('service-cidr'),
    localhostNodePorts: on('iptables-localhost-nodeports'),
    ipvs: {
      strictArp: on('ipvs-strict-arp'),
      excludeCidrs: cidrs('ipvs-exclude-cidrs'),
      timeouts: {
        tcp: duration('ipvs-tcp-timeout') / 1000,
        tcpFin: duration('ipvs-tcpfin-timeout') / 1000,
        udp: duration('ipvs-udp-timeout') / 1000,
      },
    },
    userspace: { portRange: portRange(all), udpTimeoutMs: udpTimeout(all) },
    syncPeriodMs: duration(`${timing}-sync-period`),
    minSyncPeriodMs: duration(`${timing}-min-sync-period`),
  };
}

function modeOf({ text, wrong }: Given): Mode {
  const name = text('proxy-mode');
  const mode = modes.find((one) => one === name);
  if (!mode) throw wrong('proxy-mode', `no such mode: ${name}`, modes.join(', '));
  return mode;
}

function schedulerOf({ text, check }: Given, mode: Mode): string {
  const known = modeTable[mode].schedulers;
  const flag = `${mode}-scheduler`;
  const name = text(flag) || (known[0] ?? '');
  check(known.includes(name), flag, `no such scheduler: ${name}`, known.join(', '));
  return name;
}

function bit({ text, check }: Given, flag: string): number {
  const number = Number(text(flag));
  check(Number.isInteger(number) && number >= 0 && number < 32, flag, 'not a number from 0 to 31');
  return number;
}

/** As kube-proxy reads it: `FROM-TO`, `FROM+COUNT` (that many more ports) or one port; empty and 0 mean any. */
function portRange({ text, check }: Given): PortRange | undefined {
  const flag = 'proxy-port-range';
  const value = text(flag);
  if (['', '0', '0-0'].includes(value)) return undefined;
  const [, first = '', sign, second = ''] = /^(\d{1,5})(?:([-+])(\d{1,5}))?$/.exec(value) ?? [];
  const from = Number(first);
  const to = sign === undefined ? from : sign === '-' ? Number(second) : from + Number(second);
  const good = first !== '' && from > 0 && from <= to && to < 65_536;
  check(good, flag, `not a range of ports: ${value}`, '40000-49999');
  return { from, to };
}

function udpTimeout({ duration, check }: Given): number {
  const ms = duration('udp-timeout');
  check(ms > 0, 'udp-timeout', 'it must be longer than nothing', '5s');
  return ms;
}

function detector(all: Given): LocalDetector {
  const mode = all.text('detect-local-mode');
  if (mode === 'NodeCIDR') return { kind: 'nodeCidr' };
  if (mode === 'BridgeInterface') return { kind: 'bridge', name: interfaceName(all, 'pod-bridge-interface') };
  if (mode === 'InterfaceNamePrefix') {
    return { kind: 'interfacePrefix', prefix: interfaceName(all, 'pod-interface-name-prefix') };
  }
  const known = 'ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix';
  all.check(mode === 'ClusterCIDR', 'detect-local-mode', `no such mode: ${mode}`, known);
  return { kind: 'cidr', cidrs: all.cidrs('cluster-cidr') };
}

/** Such a name becomes part of a rule, so it must be one (dev_valid_name in net/core/dev.c, without quotes). */
function interfaceName({ text, check }: Given, flag: string): string {
  const name = text(flag);
  const why = name === '' ? 'a name is needed' : `not an interface name: ${name}`;
  check(/^[^\s"*/:]{1,15}$/.test(name), flag, why);
  return name;
}
