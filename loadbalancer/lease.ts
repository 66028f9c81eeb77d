import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../lib/errors.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../lib/kube/api-error.ts';
import type { Client } from '../lib/kube/client.ts';
import { resources } from '../lib/kube/resources.ts';
import type { Metadata, V1Lease, Wire } from '../lib/kube/types.ts';
import type { Log } from '../lib/log.ts';

export interface ElectionOptions {
  readonly client: Client;
  readonly namespace: string;
  readonly name: string;
  /** Who holds it. After a crash the same one goes on at once. */
  readonly identity: string;
  readonly timing: LeaseTiming;
  /** Why this candidate must not hold it now; undefined when it may. */
  readonly unfit: () => Promise<string | undefined>;
  /** Called once whenever it turns out that somebody else leads, or nobody knows who. */
  readonly standBy: () => Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** In milliseconds. */
export interface LeaseTiming {
  /** So long after the last renewal somebody else may take it. */
  readonly durationMs: number;
  /** So long after the last renewal its holder gives up: sooner, so that there are never two. */
  readonly deadlineMs: number;
  readonly renewMs: number;
}

type Lease = Wire<V1Lease> & { metadata?: Metadata };

/**
 * Runs `lead` whenever this candidate holds the Lease, as client-go's leader election does; its signal ends with the tenure, and
 * the Lease is given back only after `lead` has returned. Returns when `signal` is aborted.
 */
export async function leadWhenElected(
  options: ElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal, log, identity, timing } = options;
  const candidate = createCandidate(options);
  let standsBy = false;
  while (!signal.aborted) {
    if (!(await candidate.tryToHold())) {
      if (!standsBy) await options.standBy();
      standsBy = true;
      await delay(timing.renewMs, undefined, { signal }).catch(() => {});
      continue;
    }
    standsBy = false;
    log.info('holds the lease', { identity });
    const tenure = new AbortController();
    const failed = lead(tenure.signal).catch((error: unknown) => {
      log.error('could not lead', { error });
    });
    await Promise.race([keep(options, candidate), failed]);
    tenure.abort();
    await failed;
    await candidate.release();
    log.info('gave the lease back', { identity });
  }
}

/** Renews until that fails for too long, or this candidate is not fit any more. */
async function keep({ timing, unfit, log, signal }: ElectionOptions, candidate: Candidate): Promise<void> {
  let renewed = performance.now();
  while (!signal.aborted) {
    await delay(timing.renewMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    try {
      const why = await unfit();
      if (why !== undefined) {
        log.warn('is not fit to hold the lease', { why });
        return;
      }
      if (!(await candidate.tryToHold())) return;
      renewed = performance.now();
    } catch (error) {
      log.warn('could not renew the lease', { error });
    }
    if (performance.now() - renewed > timing.deadlineMs) return;
  }
}

interface Candidate {
  /** True when it is held now. Never throws when it cannot be had; throws ApiError and system errors while it is held. */
  tryToHold(): Promise<boolean>;
  release(): Promise<void>;
}

function createCandidate(options: ElectionOptions): Candidate {
  const { client, namespace, name, identity, timing, log } = options;
  const ref = { namespace, name };
  /** A holder's own clock may be wrong: what counts is how long ago a renewal was seen here. */
  let seen = { version: '', at: 0 };
  let held: Lease | undefined;
  let said = '';
  const sayOnce = (message: string, why: string) => {
    if (said !== why) log.warn(message, { why });
    said = why;
  };
  const call = () => ({ signal: AbortSignal.timeout(timing.renewMs * 2) });

  function renew(lease: Lease): Promise<Lease> {
    const spec = specOf(identity, timing, lease.spec);
    return client.replace<Lease>(resources.leases, { ...lease, spec }, call());
  }

  /** Most looks are of one that stands by: for these what the API server has in memory is enough, since a write that is too late fails. */
  async function find(): Promise<Lease | undefined> {
    const options = { ...call(), ...(!held && { resourceVersion: '0' }) };
    return await client.get<Lease>(resources.leases, ref, options).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  function isOthers({ metadata, spec }: Lease): boolean {
    const version = metadata?.resourceVersion ?? '';
    if (seen.version !== version) seen = { version, at: performance.now() };
    const holder = spec?.holderIdentity ?? '';
    const life = (spec?.leaseDurationSeconds ?? 0) * 1000;
    return holder !== '' && holder !== identity && performance.now() - seen.at < life;
  }

  async function mayHold(): Promise<boolean> {
    const why = await options.unfit();
    if (why !== undefined) sayOnce('is not fit to hold the lease', why);
    return why === undefined;
  }

  async function take(): Promise<Lease | undefined> {
    if (held) {
      try {
        return await renew(held);
      } catch (error) {
        // Somebody else has written to it, or deleted it.
        if (!isConflict(error) && !isNotFound(error)) throw error;
      }
    }
    const lease = await find();
    if (lease && isOthers(lease)) return undefined;
    if (!held && !(await mayHold())) return undefined;
    if (lease) return await renew(lease);
    const spec = specOf(identity, timing, undefined);
    return await client.create<Lease>(resources.leases, { metadata: ref, spec }, call());
  }

  return {
    async tryToHold() {
      const before = held;
      try {
        held = await take();
      } catch (error) {
        if (isConflict(error) || isAlreadyExists(error)) held = undefined;
        else if (before) throw error;
        else sayOnce('could not ask for the lease', messageOf(error));
      }
      return held !== undefined;
    },
    async release() {
      const lease = held;
      held = undefined;
      if (!lease) return;
      const free = { ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 } };
      await client.replace<Lease>(resources.leases, free, call()).catch((error: unknown) => {
        log.debug('could not give the lease back', { error });
      });
    },
  };
}

/** A Lease's spec from now on, after what it was. */
function specOf(
  identity: string,
  { durationMs }: LeaseTiming,
  before: Lease['spec'],
): NonNullable<Lease['spec']> {
  const now = new Date().toISOString().replace('Z', '000Z');
  const own = before?.holderIdentity === identity;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(durationMs / 1000),
    acquireTime: own ? (before.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: (before?.leaseTransitions ?? 0) + (own || !before ? 0 : 1),
  };
}
