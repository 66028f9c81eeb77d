import { setTimeout as delay } from 'node:timers/promises';
import { isAlreadyExists, isNotFound } from '../../../lib/kube/api-error.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { V1Lease, Wire } from '../../../lib/kube/types.ts';
import type { Log } from '../../../lib/log.ts';
import { architecture, type NodeObject, nodeStatus } from './node-status.ts';

export interface Self {
  name: string;
  address: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly { key: string; value?: string; effect: string }[];
}

type Lease = Wire<V1Lease>;

const leaseSeconds = 40;
const renewMs = 10_000;
/** The status is written this often even when nothing changed. */
const statusEvery = 30;

/** Creates or corrects the Node object. Throws ApiError or a system error. */
export async function registerNode(client: Client, self: Self): Promise<NodeObject> {
  const labels = {
    'kubernetes.io/hostname': self.name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture(),
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': architecture(),
    ...self.labels,
  };
  const wanted: NodeObject = {
    metadata: { name: self.name, labels },
    spec: { ...(self.taints.length > 0 && { taints: [...self.taints] }) },
  };
  const fresh = { ...wanted, status: nodeStatus(wanted, self) };
  try {
    return await client.create<NodeObject>(resources.nodes, fresh);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    return client.patch<NodeObject>(
      resources.nodes,
      { name: self.name },
      { metadata: { labels } },
      { type: 'merge' },
    );
  }
}

/** Writes the node's status. Throws ApiError or a system error. */
export async function writeNodeStatus(client: Client, self: Self, node: NodeObject): Promise<void> {
  const patch = { status: nodeStatus(node, self) };
  await client.patch(resources.nodes, { name: self.name }, patch, { type: 'merge', subresource: 'status' });
}

/** Renews the node's Lease every ten seconds, and its status now and then, until `signal` is aborted. */
export async function keepHeartbeat(options: {
  client: Client;
  self: Self;
  node: () => NodeObject | undefined;
  log: Log;
  signal: AbortSignal;
}): Promise<void> {
  const { client, self, signal, log } = options;
  for (let beat = 1; !signal.aborted; beat++) {
    try {
      const node = options.node();
      await renewLease(client, self, node?.metadata?.uid);
      if (node && beat % statusEvery === 0) await writeNodeStatus(client, self, node);
    } catch (error) {
      log.warn('heartbeat failed', { error });
    }
    await delay(renewMs, undefined, { signal }).catch(() => {});
  }
}

async function renewLease(client: Client, self: Self, uid: string | undefined): Promise<void> {
  const ref = { namespace: 'kube-node-lease', name: self.name };
  const renewTime = new Date().toISOString().replace('Z', '000Z');
  const spec = { holderIdentity: self.name, leaseDurationSeconds: leaseSeconds, renewTime };
  try {
    await client.patch<Lease>(resources.leases, ref, { spec }, { type: 'merge' });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const owner = { apiVersion: 'v1', kind: 'Node', name: self.name, uid: uid ?? '' };
    const metadata = { ...ref, ...(uid && { ownerReferences: [owner] }) };
    await client.create<Lease>(resources.leases, { metadata, spec });
  }
}
