import type { Family } from '../lib/ip.ts';
import type { Log } from '../lib/log.ts';
import { createDriver, type Driver } from './driver.ts';
import type { Store } from './model/store.ts';
import { modeTable } from './modes.ts';
import type { Mode, Plan } from './plan.ts';

/** A mode at work: a driver for each address family. */
export interface Engine {
  readonly mode: Mode;
  readonly plan: Plan;
  readonly drivers: readonly Driver[];
  /** Ends what runs in this process (the sockets of mode userspace); rules stay. */
  close(): Promise<void>;
}

/** The drivers of both families in one mode; they start with the first sync. */
export function createEngine(mode: Mode, plan: Plan, store: Store, log: Log): Engine {
  const drivers = families.map((family) =>
    createDriver(family, store, modeTable[mode].create(family, plan, log), log),
  );
  return {
    mode,
    plan,
    drivers,
    async close() {
      for (const { backend } of drivers) await backend.close?.();
    },
  };
}

export const families: readonly Family[] = ['IPv4', 'IPv6'];

/**
 * The mode asked for, or where it cannot work the next one that can: ipvs, iptables, userspace (document 003; kube-proxy.md §2.3).
 * Throws an Error that says why none can.
 */
export async function workableMode(plan: Plan, log: Log, signal: AbortSignal): Promise<Workable> {
  const reasons: string[] = [];
  for (let mode: Mode | undefined = plan.mode; mode !== undefined; mode = modeTable[mode].fallback) {
    const why = await modeTable[mode].unsupported({ ...plan, mode }, signal);
    if (why === undefined) return { mode, why: reasons.length > 0 ? reasons.join('; ') : undefined };
    reasons.push(`${mode}: ${why}`);
    const next = modeTable[mode].fallback;
    if (next) log.warn(`can't use ${mode} proxier, trying ${next} proxier`, { why });
  }
  throw new Error(`no proxy mode works here: ${reasons.join('; ')}`);
}

export interface Workable {
  readonly mode: Mode;
  /** Why it is not the one asked for. */
  readonly why: string | undefined;
}
