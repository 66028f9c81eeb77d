import { keyOf } from '../../../lib/kube/informer.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { Cluster, Controller } from '../cluster.ts';
import { nameOf, namespaceOf, type Service } from '../objects.ts';
import type { Outcome } from '../work-queue.ts';
import { addressesOf, planAddress } from './plan.ts';
import type { Pool } from './pool.ts';

/** Gives Services of type LoadBalancer an address from the pool; without a pool they stay `<pending>`. */
export function loadBalancerController(pool: Pool | undefined): Controller {
  return (cluster: Cluster) => {
    const { client, stores } = cluster;
    /** Addresses that were written though the store does not show them yet. */
    const given = new Map<string, string>();
    const refused = new Set<string>();
    const recorder = cluster.recorder('loadbalancer-controller');
    const queue = cluster.queue('loadbalancer', reconcile, 1);

    stores.services.subscribe((key, service, before) => {
      if (!service || addressesOf(service).length > 0) given.delete(key);
      if (service) queue.add(key);
      const freed = before !== undefined && addressesOf(before).length > 0;
      if (freed) for (const waiting of refused) queue.add(waiting);
      if (!service) refused.delete(key);
    });

    async function reconcile(key: string): Promise<Outcome> {
      const service = stores.services.get(key);
      if (!service || given.has(key)) return;
      const verdict = planAddress(service, pool, takenBeside(key));
      if (verdict.kind !== 'refuse') refused.delete(key);
      if (verdict.kind === 'keep') return;
      if (verdict.kind === 'assign') {
        given.set(key, verdict.address);
        await write(service, [{ ip: verdict.address, ipMode: 'VIP' }]).catch((error: unknown) => {
          given.delete(key);
          throw error;
        });
        say(service, 'Normal', 'IPAllocated', `Assigned IP ["${verdict.address}"]`);
        return;
      }
      if (addressesOf(service).length > 0) await write(service, null);
      if (verdict.kind === 'refuse') refuse(key, service, verdict.why);
      return;
    }

    function refuse(key: string, service: Service, why: string): void {
      refused.add(key);
      say(service, 'Warning', 'AllocationFailed', `Failed to allocate IP for "${key}": ${why}`);
    }

    function takenBeside(key: string): Set<string> {
      const others = stores.services.list().filter((other) => keyOf(other) !== key);
      const promised = [...given].filter(([other]) => other !== key).map(([, address]) => address);
      return new Set([...others.flatMap(addressesOf), ...promised]);
    }

    function write(service: Service, ingress: { ip: string; ipMode: string }[] | null): Promise<unknown> {
      const ref = { namespace: namespaceOf(service), name: nameOf(service) };
      const patch = { status: { loadBalancer: { ingress } } };
      return client.patch(resources.services, ref, patch, { type: 'merge', subresource: 'status' });
    }

    function say(object: Service, type: 'Normal' | 'Warning', reason: string, message: string): void {
      recorder.event({ resource: resources.services, object }, type, reason, message);
    }
  };
}
