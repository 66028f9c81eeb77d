import { expect } from 'chai';
import { silentLog } from '../../../lib/log.ts';
import { createDriver, type Driver } from '../../../proxy/driver.ts';
import { type Dirty, Store } from '../../../proxy/model/store.ts';
import { addressesOf, type Cluster, createCluster } from './cluster.ts';
import { type ClusterEvent, externalIPs, portNumbers, serviceNames } from './events.ts';
import { createMemoryBackend, type MemoryBackend } from './memory-backend.ts';
import { type Client, clientAddresses, reference, type Target } from './reference.ts';

/**
 * Plays a stream of events to the proxy's model, a sync after each turn, and compares: after each turn a few connections with what the
 * reference says; now and then and at the end every one, also with a table rendered from nothing. Throws when they differ.
 */
export async function play(turns: readonly (readonly ClusterEvent[])[]): Promise<void> {
  const store = new Store('n1');
  const cluster = createCluster(store);
  const backend = createMemoryBackend();
  const sync = syncer(store, createDriver('IPv4', store, backend, silentLog), backend);
  for (const [i, events] of turns.entries()) {
    for (const one of events) {
      cluster.happen(one);
      if (one.kind === 'failure') backend.failNext(i % 2 === 0 ? 'before' : 'after');
    }
    await sync();
    const everything = i % wholeEvery === wholeEvery - 1 || i === turns.length - 1;
    if (i % 3 !== 2 && !everything) continue;
    cluster.hearAll();
    await sync();
    if (everything) await compareAll(cluster, store, backend);
    else compareSome(cluster, backend, i);
  }
}

const wholeEvery = 25;

/** Turns until one succeeds; after one that failed, a full sync, as proxy/sync.ts has it. */
function syncer(store: Store, driver: Driver, backend: MemoryBackend): () => Promise<void> {
  let pending: Dirty | undefined;
  let full = true;
  const once = async () => {
    const taken = store.take();
    const services = new Set([...(pending?.services ?? []), ...taken.services]);
    pending = { all: taken.all || (pending?.all ?? false), services, triggeredAt: [] };
    await driver.sync(pending, full, new AbortController().signal);
    pending = undefined;
    full = false;
  };
  return async () => {
    await once().catch(async () => {
      full = true;
      await once();
    });
    expect(backend).to.equal(driver.backend);
  };
}

async function compareAll(cluster: Cluster, store: Store, backend: MemoryBackend): Promise<void> {
  const fresh = createMemoryBackend();
  const driver = createDriver('IPv4', store, fresh, silentLog);
  const everything = { all: true, services: new Set<string>(), triggeredAt: [] };
  await driver.sync(everything, true, new AbortController().signal);
  for (const client of clients) {
    for (const target of targets) {
      const what = `${client} to ${target.address} ${target.protocol} ${target.port}`;
      const seen = backend.meets(client, target);
      expect(seen, what).to.equal(reference(cluster, client, target));
      expect(seen, `${what}, from nothing`).to.equal(fresh.meets(client, target));
    }
  }
}

function compareSome(cluster: Cluster, backend: MemoryBackend, seed: number): void {
  for (let n = 0; n < samples; n++) {
    const target = targets[(seed * 31 + n * 17) % targets.length];
    const client = clients[(seed + n) % clients.length];
    if (!target || !client) continue;
    const what = `${client} to ${target.address} ${target.protocol} ${target.port}`;
    expect(backend.meets(client, target), what).to.equal(reference(cluster, client, target));
  }
}

const samples = 12;

const clients = Object.keys(clientAddresses) as readonly Client[];

/** Every address of every Service there might be, with a port that no Service has. */
const targets: readonly Target[] = (['TCP', 'UDP'] as const).flatMap((protocol) => [
  ...[...portNumbers, 4711].flatMap((port) => [
    ...externalIPs.map((address) => ({ address, protocol, port })),
    ...serviceNames.flatMap((name) => {
      const { clusterIP, vip } = addressesOf(name);
      return [clusterIP, vip].map((address) => ({ address, protocol, port }));
    }),
  ]),
  ...serviceNames.flatMap((name) =>
    portNumbers.map((port) => ({
      ...{ address: clientAddresses.node, protocol },
      port: addressesOf(name).nodePort(port),
    })),
  ),
]);
