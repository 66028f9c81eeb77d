import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlPlane } from '../../lib/cluster/control-plane.ts';
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
import { rbacObjects } from './rbac.ts';
import { dnsAnswers, isReady } from './readiness.ts';
import { rotateLogs } from './rotate.ts';
import { createSteps } from './steps.ts';

export interface InsideOptions {
  settings: Settings;
  paths: ClusterPaths;
  controlPlane: ControlPlane;
  log: Log;
  signal: AbortSignal;
}

/** Brings the cluster up and keeps it up until `signal`; then ends the API server in good order, and returns. */
export async function runInside(options: InsideOptions): Promise<void> {
  const { settings, paths, controlPlane, log, signal } = options;
  const client = adminClient(paths);
  for (const { name } of settings.nodes) ensureProxyConfig(proxyConfigFile(paths, name), settings.proxy);
  const keepers = componentsOf(settings, paths, controlPlane).map((spec) => createKeeper(spec, log));
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
    await comeUp({ ...options, client }, controlled);
    log.info('ready', { ms: Math.round(performance.now() - from) });
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    server.close();
    // Not after a failure: the next inner supervisor takes over what runs.
    if (signal.aborted) await keepers.find(({ spec }) => spec.ready.kind === 'apiserver')?.stop(3000);
  }
}

interface Cluster extends InsideOptions {
  client: Client;
}

/** Everything at once, as far as it does not wait for something else. */
async function comeUp(cluster: Cluster, { keepers, steps }: Controlled): Promise<void> {
  const { settings, client, controlPlane, signal } = cluster;
  const kept = (kind: string) => keepers.filter(({ spec }) => spec.ready.kind === kind);
  const allReady = (some: readonly Keeper[]) =>
    Promise.all(some.map((each) => awaitReady(each, client, signal)));
  await steps.step('network', () => buildNetwork(settings, signal)).catch(startOver);
  await steps.step('API server', async () => {
    for (const keeper of [...keepers.filter(({ spec }) => spec.first), ...kept('apiserver')]) keeper.start();
    await allReady(kept('apiserver'));
    if (controlPlane.kind === 'kubernetes') await grantRoles(cluster);
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
async function installAddons({ settings, paths, client, controlPlane, log, signal }: Cluster): Promise<void> {
  const credentials = readFileSync(`${paths.kubeconfigs}/dns.conf`, 'utf8');
  const objects = addonObjects(settings, credentials, controlPlane.kind);
  const attempt = async () => {
    await applyObjects(client, objects).catch((error: unknown) => {
      log.warn('could not install the add-ons', { error });
      throw error;
    });
    return true;
  };
  await waitFor(attempt, { ...patience, intervalMs: 500, what: 'the add-ons', signal });
}

/** By the API server's own account towards the kubelets, which is of `system:masters`: nobody else may yet. */
async function grantRoles({ paths, signal }: Cluster): Promise<void> {
  const { server, ca } = credentialsOf(paths);
  const read = (file: string) => readFileSync(`${paths.pki}/apiserver-kubelet-client.${file}`, 'utf8');
  const master = createClient({ server, ca, cert: read('crt'), key: read('key') });
  const attempt = async () => {
    await applyObjects(master, rbacObjects());
    return true;
  };
  await waitFor(attempt, { ...patience, what: 'the roles', signal }).finally(() => master.close());
}

/** Long: a slow machine is no failure; whoever waits for us has a time limit of their own. */
const patience = { timeoutMs: 600_000, intervalMs: 50 };

async function awaitReady({ spec }: Keeper, client: Client, signal: AbortSignal): Promise<void> {
  await waitFor(() => isReady(spec.ready, client), { ...patience, what: spec.name, signal });
}

function adminClient(paths: ClusterPaths): Client {
  return createClient(credentialsOf(paths));
}

function credentialsOf(paths: ClusterPaths) {
  const credentials = readKubeconfig(readFileSync(`${paths.kubeconfigs}/admin.conf`, 'utf8'));
  if (!credentials) throw new TypeError(`no credentials in ${paths.kubeconfigs}/admin.conf`);
  return credentials;
}
