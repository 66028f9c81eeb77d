import { allOver } from '../lib/all-over.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { DriverResult } from './driver.ts';
import { createEngine, type Engine, workableMode } from './engine.ts';
import type { Events } from './events.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Store } from './model/store.ts';
import { modeTable } from './modes.ts';
import { type Mode, modes, type Plan } from './plan.ts';

/** The engine at work, and how another one takes its place while traffic flows. */
export interface Takeover {
  /** Undefined until the first full sync has succeeded. */
  readonly engine: Engine | undefined;
  /** What was asked for last, and what came of it. */
  state(): TakeoverState;
  /** Asks for a plan. It is taken up in the next turn. */
  want(plan: Plan): void;
  /**
   * When another plan is wanted: a full sync of a new engine beside the one at work, which is put out of work after it. Resolves with
   * the results of that sync; with undefined when nothing is wanted, or when it failed and the old engine goes on. Throws when there
   * is no engine that could go on.
   */
  takeOver(signal: AbortSignal): Promise<readonly DriverResult[] | undefined>;
  /** Removes rules of modes that are not at work: those of the engine before, and after the start those of an earlier process. */
  sweep(signal: AbortSignal): Promise<void>;
}

export interface TakeoverState {
  readonly asked: { readonly mode: Mode; readonly scheduler: string };
  /** The mode at work. */
  readonly mode: Mode | undefined;
  /** The next turn is going to take it up. */
  readonly pending: boolean;
  /** Why another mode than the one asked for is at work. */
  readonly why: string | undefined;
}

export interface TakeoverParts {
  readonly store: Store;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly events: Events;
}

/** Nothing is at work yet: `first` is wanted, and the first `takeOver` takes it up. */
export function createTakeover(first: Plan, { store, log, metrics, events }: TakeoverParts): Takeover {
  let engine: Engine | undefined;
  let wanted: Plan | undefined = first;
  let idle = new Set<Mode>();
  const closing: Engine[] = [];
  let asked = first;
  let why: string | undefined;

  async function start(plan: Plan, signal: AbortSignal): Promise<readonly DriverResult[]> {
    const workable = await workableMode(plan, log, signal);
    const { mode } = workable;
    const fresh = createEngine(mode, plan, store, log);
    try {
      const results = await allOver(fresh.drivers.map((driver) => driver.sync(everything, true, signal)));
      if (engine) closing.push(engine);
      const others = engine ? [...idle, engine.mode] : modes;
      idle = new Set(others.filter((one) => one !== mode));
      engine = fresh;
      why = workable.why;
      if (why) events.node('Warning', 'ProxyModeFallback', `mode ${mode} is at work: ${why}`);
      return results;
    } catch (error) {
      if (engine && engine.mode !== mode) idle.add(mode);
      closing.push(fresh);
      throw error;
    }
  }

  return {
    get engine() {
      return engine;
    },
    state: () => ({
      asked: { mode: asked.mode, scheduler: asked.scheduler },
      mode: engine?.mode,
      pending: wanted !== undefined,
      why,
    }),
    want(plan) {
      wanted = plan;
      asked = plan;
    },
    async takeOver(signal) {
      const plan = wanted;
      if (!plan) return undefined;
      const before = engine;
      try {
        const results = await start(plan, signal);
        if (wanted === plan) wanted = undefined;
        const { mode, scheduler } = { ...plan, mode: engine?.mode };
        log.info(before ? 'took over' : 'at work', { mode, scheduler, before: before?.mode });
        return results;
      } catch (error) {
        if (!before || signal.aborted) throw error;
        if (wanted === plan) wanted = undefined;
        why = messageOf(error);
        metrics.failed(plan.mode);
        log.error(`could not change to mode ${plan.mode}, going on with ${before.mode}`, { error });
        return undefined;
      }
    },
    async sweep(signal) {
      for (const mode of idle) {
        try {
          const removed = await modeTable[mode].cleanup(signal);
          idle.delete(mode);
          if (removed.length > 0)
            log.info('removed the rules of another mode', { mode, removed: removed.length });
        } catch (error) {
          if (signal.aborted) throw error;
          log.warn(`could not remove the rules of mode ${mode}, will try again: ${messageOf(error)}`);
        }
      }
      for (const old of closing.splice(0)) await old.close();
    },
  };
}

const everything = { all: true, services: new Set<string>(), triggeredAt: [] };
