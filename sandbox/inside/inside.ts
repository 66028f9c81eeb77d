import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureProxyConfig, proxyConfigFile } from '../../lib/cluster/proxy-config.ts';
import { type Client, createClient } from '../../lib/kube/client.ts';
import type { Log } from '../../lib/log.ts';
import type { ClusterPaths } from '../../lib/paths.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import { waitFor } from '../../lib/wait.ts';
import { buildNetwork } from '../network/build.ts';
import { readKubeconfig } from '../pki/kubeconfig.ts';
import { addonObjects, applyObjects } from './addons.ts';
import { componentsOf } from './components.ts';
import { type Controlled, serveControl } from './control-server.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { createNodes, nodeObjects } from './nodes.ts';
import { dnsAnswers, isReady } from './readiness.ts';
import { rotateLogs } from './rotate.ts';
import { createSteps } from './steps.ts';

/** Brings the cluster up and keeps it up until `signal`; then ends the API server in good order, and returns. */
export async function runInside(
  settings: Settings,
  paths: ClusterPaths,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const client = adminClient(paths);
  for (const { name } of settings.nodes) ensureProxyConfig(proxyConfigFile(paths, name), settings.proxy);
  const keepers = componentsOf(settings, paths).map((spec) => createKeeper(spec, log));
  const controlled: Controlled = {
    keepers,
    steps: createSteps(),
    signal,
    isReady: ({ spec }) => isReady(spec.ready, client),
    awaitReady: (keeper) => awaitReady(keeper, client, signal),
  };
  const server = await serveControl(paths.controlSocket, controlled);
  const logs = [
    ...keepers.map(({ spec }) => spec.logFile),
    `${paths.logs}/inside.log`,
    `${paths.logs}/supervise.log`,
  ];
  rotateLogs(logs, signal);
  try {
    const from = performance.now();
    await comeUp({ settings, paths, client, log, signal }, controlled);
    log.info('ready', { ms: Math.round(performance.now() - from) });
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    server.close();
    // Not after a failure: the next inner supervisor takes over what runs.
    if (signal.aborted) await keepers.find(({ spec }) => spec.ready.kind === 'apiserver')?.stop(3000);
  }
}

interface Cluster {
  settings: Settings;
  paths: ClusterPaths;
  client: Client;
  log: Log;
  signal: AbortSignal;
}

/** Everything at once, as far as it does not wait for something else. */
async function comeUp(cluster: Cluster, { keepers, steps }: Controlled): Promise<void> {
  const { settings, client, signal } = cluster;
  const kept = (kind: string) => keepers.filter(({ spec }) => spec.ready.kind === kind);
  const allReady = (some: readonly Keeper[]) =>
    Promise.all(some.map((each) => awaitReady(each, client, signal)));
  await steps.step('network', () => buildNetwork(settings, signal)).catch(startOver);
  await steps.step('API server', async () => {
    for (const keeper of kept('apiserver')) keeper.start();
    await allReady(kept('apiserver'));
    await createNodes(client, nodeObjects(settings));
  });
  for (const keeper of keepers) keeper.start();
  await Promise.all([
    steps.step('nodes', () => allReady(kept('node'))),
    steps.step('proxies', () => allReady(kept('http'))),
    steps.step('DNS', async () => {
      await installAddons(cluster);
      await waitFor(() => dnsAnswers(settings), { ...patience, what: 'the cluster DNS to answer', signal });
    }),
  ]);
  steps.finish();
}

/** Half a network cannot be mended: pid 1 is asked to end, and the supervisor begins with new namespaces. */
async function startOver(error: unknown): Promise<never> {
  // Followers are told first.
  await delay(200);
  process.kill(1, 'SIGUSR1');
  throw error;
}

/** Until it works: the API server may be away for a moment just then. */
async function installAddons({ settings, paths, client, log, signal }: Cluster): Promise<void> {
  const credentials = readFileSync(`${paths.kubeconfigs}/dns.conf`, 'utf8');
  const objects = addonObjects(settings, credentials);
  const attempt = async () => {
    await applyObjects(client, objects).catch((error: unknown) => {
      log.warn('could not install the add-ons', { error });
      throw error;
    });
    return true;
  };
  await waitFor(attempt, { ...patience, intervalMs: 500, what: 'the add-ons', signal });
}

/** Long: a slow machine is no failure; whoever waits for us has a time limit of their own. */
const patience = { timeoutMs: 600_000, intervalMs: 50 };

async function awaitReady({ spec }: Keeper, client: Client, signal: AbortSignal): Promise<void> {
  await waitFor(() => isReady(spec.ready, client), { ...patience, what: spec.name, signal });
}

function adminClient(paths: ClusterPaths): Client {
  const credentials = readKubeconfig(readFileSync(`${paths.kubeconfigs}/admin.conf`, 'utf8'));
  if (!credentials) throw new TypeError(`no credentials in ${paths.kubeconfigs}/admin.conf`);
  return createClient(credentials);
}
