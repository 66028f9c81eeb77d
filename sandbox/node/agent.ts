import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../lib/kube/client.ts';
import { type Informer, inform } from '../../lib/kube/informer.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1Service, Wire } from '../../lib/kube/types.ts';
import type { Log } from '../../lib/log.ts';
import { createRunner } from '../../lib/runner.ts';
import { createEventRecorder } from './events.ts';
import { openImageStore } from './images/store.ts';
import { type PodManager, startPodManager } from './pods/manager.ts';
import { nodePaths } from './pods/paths.ts';
import type { DnsSettings } from './pods/resolv-conf.ts';
import type { NodeContext } from './pods/unit.ts';
import { type AddressPool, createAddressPool } from './runtime/addresses.ts';
import type { NodeObject } from './self/node-status.ts';
import { keepHeartbeat, registerNode, type Self, writeNodeStatus } from './self/register.ts';
import { applyRoutes, routesFor } from './self/routes.ts';
import { startServer } from './server/server.ts';

export interface AgentSettings {
  nodeName: string;
  nodeAddress: string;
  rootDir: string;
  dns: DnsSettings;
  /** Without it there is no kubelet port, hence no logs and no exec. */
  tls: { cert: string; key: string; clientCa: string } | undefined;
  labels: Record<string, string>;
  taints: { key: string; value?: string; effect: string }[];
  /** The program CoreDNS, when its image is to be that instead of our stand-in. */
  coredns: string | undefined;
}

/** Runs a node until `signal` is aborted. Throws WorkshopError when this machine cannot run containers. */
export async function runAgent(options: {
  settings: AgentSettings;
  client: Client;
  log: Log;
  signal: AbortSignal;
}): Promise<void> {
  const { settings, client, log, signal } = options;
  const paths = nodePaths(settings.rootDir);
  mkdirSync(paths.root, { recursive: true, mode: 0o700 });
  const self: Self = {
    name: settings.nodeName,
    address: settings.nodeAddress,
    labels: settings.labels,
    taints: settings.taints,
  };
  const images = await openImageStore(paths.images, settings.coredns);
  const services = inform<Wire<V1Service>>({ client, resource: resources.services, log, signal });
  services.done.catch(() => {});
  let pool: AddressPool | undefined;
  const node: NodeContext = {
    nodeName: settings.nodeName,
    nodeAddress: settings.nodeAddress,
    client,
    events: createEventRecorder(client, settings.nodeName, log),
    images,
    paths,
    dns: settings.dns,
    services: services.list,
    addresses: () => pool,
    log,
    signal,
  };
  let pods: PodManager | undefined;
  const server = settings.tls && (await startServer(settings.tls, settings.nodeAddress, () => pods, log));
  await untilDone(() => registerNode(client, self), log, signal);
  log.info('registered', { address: settings.nodeAddress });

  const nodes = watchNodes({
    client,
    self,
    log,
    signal,
    onPodCidr: (cidr) => {
      pool ??= createAddressPool(cidr, paths.addresses);
      pods?.nudge();
    },
  });
  const heartbeat = keepHeartbeat({ client, self, node: () => nodes.get(self.name), log, signal });
  await Promise.all([services.synced, nodes.synced]).catch(() => {});
  if (!signal.aborted) pods = startPodManager(node);
  await heartbeat;
  await pods?.stop();
  await node.events.flush();
  server?.close();
}

/** Follows the nodes: routes to the others' pods, own status when the own podCIDR comes. */
function watchNodes(options: {
  client: Client;
  self: Self;
  log: Log;
  signal: AbortSignal;
  onPodCidr: (cidr: string) => void;
}): Informer<NodeObject> {
  const { client, self, log, signal } = options;
  let announced: string | undefined;
  async function look(): Promise<void> {
    await applyRoutes(routesFor(self.name, nodes.list()));
    const own = nodes.get(self.name);
    const cidr = own?.spec?.podCIDR;
    if (!own) await registerNode(client, self);
    if (cidr) options.onPodCidr(cidr);
    const ready = own?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    if (own && (announced !== cidr || ready === 'Unknown' || (cidr && ready !== 'True'))) {
      await writeNodeStatus(client, self, own);
      announced = cidr;
    }
  }
  const timing = { minMs: 20, retryMs: 1000, maxMs: 600_000 };
  const runner = createRunner(look, timing, (error) => log.warn('node not yet as it should be', { error }));
  const nodes = inform<NodeObject>({
    client,
    resource: resources.nodes,
    log,
    signal,
    onChange: () => runner.request(),
  });
  nodes.done.catch(() => {});
  signal.addEventListener('abort', () => void runner.stop());
  return nodes;
}

async function untilDone(task: () => Promise<unknown>, log: Log, signal: AbortSignal): Promise<void> {
  for (let pauseMs = 50; !signal.aborted; pauseMs = Math.min(2000, pauseMs * 2)) {
    try {
      await task();
      return;
    } catch (error) {
      log.warn('could not register the node yet', { error });
      await delay(pauseMs, undefined, { signal }).catch(() => {});
    }
  }
}
