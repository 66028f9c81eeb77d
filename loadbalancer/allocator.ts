import { isNotFound } from '../lib/kube/api-error.ts';
import type { Client } from '../lib/kube/client.ts';
import { inform, keyOf } from '../lib/kube/informer.ts';
import { resources } from '../lib/kube/resources.ts';
import type { Log } from '../lib/log.ts';
import { createRunner } from '../lib/runner.ts';
import type { Announcer } from './announcer.ts';
import { tellOf } from './events.ts';
import { planAll, type Verdict } from './plan.ts';
import type { Pool } from './pool.ts';
import type { Service } from './service.ts';

export interface AllocatorParts {
  readonly client: Client;
  readonly pool: Pool;
  readonly announcer: Announcer;
  readonly log: Log;
}

/**
 * Gives Services of type LoadBalancer addresses of the pool and has them announced, until the signal; then withdraws them. An
 * address is announced before it is written into a Service, so that whoever reads it there can use it.
 */
export async function allocate(parts: AllocatorParts, signal: AbortSignal): Promise<void> {
  const { client, pool, announcer, log } = parts;
  const services = inform<Service>({
    client,
    resource: resources.services,
    log,
    signal,
    onChange: () => runner.request(),
  });
  /** What was written and is not yet in the informer. */
  const written = new Map<string, Service>();
  const refused = new Map<string, string>();
  const runner = createRunner(turn, { minMs: 20, retryMs: 2000, maxMs: 30_000 }, (error) => {
    log.warn('could not allocate, will try again', { error });
  });

  async function turn(): Promise<void> {
    if (!isSynced) return;
    const now = services.list().map((service) => newer(service, written));
    const { verdicts, addresses } = planAll(now, pool);
    await announcer.announce(addresses);
    for (const service of now) {
      const verdict = verdicts.get(keyOf(service));
      if (verdict) await carryOut(service, verdict);
    }
  }

  async function carryOut(service: Service, verdict: Verdict): Promise<void> {
    const key = keyOf(service);
    if (verdict.kind !== 'refuse') refused.delete(key);
    if (verdict.kind === 'assign') {
      await write(service, [{ ip: verdict.address, ipMode: 'VIP' }]);
      await tellOf(parts, service, 'Normal', 'IPAllocated', `Assigned IP ["${verdict.address}"]`);
    }
    if (verdict.kind === 'clear' || (verdict.kind === 'refuse' && service.status?.loadBalancer?.ingress)) {
      await write(service, null);
    }
    if (verdict.kind !== 'refuse' || refused.get(key) === verdict.why) return;
    refused.set(key, verdict.why);
    const text = `Failed to allocate IP for "${key}": ${verdict.why}`;
    await tellOf(parts, service, 'Warning', 'AllocationFailed', text);
  }

  async function write(service: Service, ingress: { ip: string; ipMode: string }[] | null): Promise<void> {
    const { namespace, name = '', resourceVersion } = service.metadata ?? {};
    const patch = { metadata: { resourceVersion }, status: { loadBalancer: { ingress } } };
    const options = { type: 'merge', subresource: 'status', signal: AbortSignal.timeout(10_000) } as const;
    try {
      const fresh = await client.patch<Service>(resources.services, { namespace, name }, patch, options);
      written.set(keyOf(service), fresh);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  let isSynced = false;
  try {
    await services.synced;
    isSynced = true;
    runner.request();
    await services.done;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await runner.stop();
    await announcer.announce(new Set());
  }
}

/** Of an object as watched and as written the later one; resource versions can be compared (KEP-5504). */
function newer(watched: Service, written: Map<string, Service>): Service {
  const key = keyOf(watched);
  const own = written.get(key);
  if (own && watched.metadata?.uid === own.metadata?.uid && versionOf(own) > versionOf(watched)) return own;
  written.delete(key);
  return watched;
}

function versionOf({ metadata }: Service): bigint {
  return BigInt(metadata?.resourceVersion ?? 0);
}
