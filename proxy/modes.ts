import type { Family } from '../lib/ip.ts';
import { type Log, silentLog } from '../lib/log.ts';
import type { Backend } from './backends/backend.ts';
import { createIptablesBackend } from './backends/iptables/backend.ts';
import { cleanupIptables } from './backends/iptables/cleanup.ts';
import { renderRules } from './backends/iptables/render.ts';
import { supported as iptablesSupported } from './backends/iptables/supported.ts';
import { createIpvsBackend, renderIpvs } from './backends/ipvs/backend.ts';
import { cleanupIpvs } from './backends/ipvs/cleanup.ts';
import { type IpvsOptions, type Scheduler, schedulers } from './backends/ipvs/options.ts';
import { supported as ipvsSupported } from './backends/ipvs/supported.ts';
import { createNftablesBackend, renderTable } from './backends/nftables/backend.ts';
import { cleanupNftables } from './backends/nftables/cleanup.ts';
import { unsupportedNft } from './backends/nftables/supported.ts';
import { createUserspaceBackend, renderUserspaceTable } from './backends/userspace/backend.ts';
import { cleanupUserspace } from './backends/userspace/cleanup.ts';
import { supported as userspaceSupported } from './backends/userspace/supported.ts';
import type { NodeRecord } from './model/records.ts';
import type { Unit } from './model/unit.ts';
import type { Mode, Plan } from './plan.ts';

/** What the driver has to know of a mode. */
export interface ModeEntry {
  /** Ways to pick an endpoint, the default first. */
  readonly schedulers: readonly string[];
  create(family: Family, plan: Plan, log: Log): Backend;
  /** Why it cannot work here, in words that end a sentence; undefined when it can. */
  unsupported(plan: Plan, signal?: AbortSignal): Promise<string | undefined>;
  /** What takes its place where it cannot work, as kube-proxy's documentation has it. */
  readonly fallback?: Mode;
  /** Removes every trace of it. Resolves with what was there, in words. */
  cleanup(signal?: AbortSignal): Promise<string[]>;
  /** The whole desired state as text: `--dry-run`. */
  text(family: Family, plan: Plan, node: NodeRecord, units: readonly Unit[]): string;
}

export const modeTable: Readonly<Record<Mode, ModeEntry>> = {
  nftables: {
    schedulers: ['rr', 'random'],
    create: (family, plan) => createNftablesBackend(family, { ...plan, scheduler: turnOrChance(plan) }),
    unsupported: (_plan, signal) => unsupportedNft(signal),
    cleanup: cleanupNftables,
    text: (family, plan, node, units) =>
      renderTable(family, { ...plan, scheduler: turnOrChance(plan) }, node, units),
  },
  iptables: {
    schedulers: ['random', 'rr'],
    create: (family, plan) => createIptablesBackend(family, { ...plan, scheduler: turnOrChance(plan) }),
    unsupported: (_plan, signal) => iptablesSupported(undefined, signal),
    fallback: 'userspace',
    cleanup: cleanupIptables,
    text: (family, plan, node, units) =>
      renderRules(family, { ...plan, scheduler: turnOrChance(plan) }, node, units),
  },
  ipvs: {
    schedulers,
    create: (family, plan) => createIpvsBackend(family, ipvsOptions(plan)),
    unsupported: (plan, signal) => ipvsSupported(ipvsOptions(plan).scheduler, signal),
    fallback: 'iptables',
    cleanup: cleanupIpvs,
    text: (family, plan, node, units) =>
      renderIpvs({ family, node, ownAddresses: node.addresses }, ipvsOptions(plan), units),
  },
  userspace: {
    schedulers: ['rr'],
    create: (family, plan, log) => createUserspaceBackend(family, { ...plan, ...plan.userspace, log }),
    unsupported: (_plan, signal) => userspaceSupported(signal),
    cleanup: cleanupUserspace,
    text: (family, plan, node, units) =>
      renderUserspaceTable(family, { ...plan, log: silentLog }, node, units),
  },
};

function turnOrChance({ scheduler }: Plan): 'rr' | 'random' {
  return scheduler === 'rr' ? 'rr' : 'random';
}

function ipvsOptions(plan: Plan): IpvsOptions {
  const scheduler: Scheduler = schedulers.find((one) => one === plan.scheduler) ?? 'rr';
  return { ...plan, ...plan.ipvs, scheduler };
}
