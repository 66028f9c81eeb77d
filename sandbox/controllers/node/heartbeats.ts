import type { Client } from '../../../lib/kube/client.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { type Lease, type Node, splitKey } from '../objects.ts';
import type { Store } from '../store.ts';

const leaseNamespace = 'kube-node-lease';

export interface Heartbeats {
  /** For how long nothing was heard of a node, milliseconds. */
  silentMs(node: string): number;
  /** Asks the API itself: we may have been asleep, with the news still in the line. */
  isAliveAfterAll(node: string): Promise<boolean>;
}

/**
 * Remembers when each node was last heard of, by our own monotonic clock: the nodes' clocks may differ, and a laptop's
 * sleep is not the nodes' silence.
 */
export function trackHeartbeats(
  stores: { nodes: Store<Node>; leases: Store<Lease> },
  client: Client,
  now: () => number = () => performance.now(),
): Heartbeats {
  const heard = new Map<string, number>();

  stores.leases.subscribe((key, lease) => {
    const { namespace, name } = splitKey(key);
    if (lease && namespace === leaseNamespace) heard.set(name, now());
  });
  stores.nodes.subscribe((name, node, before) => {
    if (!node) heard.delete(name);
    else if (!heard.has(name) || hasBeaten(node, before)) heard.set(name, now());
  });

  return {
    silentMs: (node) => now() - (heard.get(node) ?? now()),
    async isAliveAfterAll(node) {
      const ref = { namespace: leaseNamespace, name: node };
      const lease = await client.get<Lease>(resources.leases, ref).catch(() => undefined);
      const known = stores.leases.get(`${leaseNamespace}/${node}`);
      const renewed = lease !== undefined && lease.spec?.renewTime !== known?.spec?.renewTime;
      if (renewed) heard.set(node, now());
      return renewed;
    },
  };
}

/** Whether the node agent wrote; what we write about a silent node does not count. */
function hasBeaten(node: Node, before: Node | undefined): boolean {
  const [now, then] = [node, before].map((version) =>
    version?.status?.conditions?.find(({ type }) => type === 'Ready'),
  );
  if (now?.status === 'Unknown') return false;
  return now?.status !== then?.status || now?.lastHeartbeatTime !== then?.lastHeartbeatTime;
}
