import { setMaxListeners } from 'node:events';
import type { Client } from '../../../lib/kube/client.ts';
import { createClient } from '../../../lib/kube/client.ts';
import { loadKubeconfig } from '../../../lib/kube/credentials.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { silentLog } from '../../../lib/log.ts';
import { allControllers, type ControllerSettings } from '../../../sandbox/controllers/all.ts';
import { runControllers } from '../../../sandbox/controllers/cluster.ts';
import { startApi } from '../apiserver/start-api.ts';
import { standInKubelet } from './stand-in-kubelet.ts';

export interface RunningControllers {
  client: Client;
  /** A kubeconfig file of an administrator. */
  kubeconfig: string;
  /** Ends the controllers, and starts them again with other settings. */
  restart(settings?: Partial<ControllerSettings>): Promise<void>;
  /** Ends the API server and starts it again, when it is one of ours. */
  restartApi(): Promise<void>;
  close(): Promise<void>;
}

/** Names a kubeconfig of another API server, Kubernetes' own for example, to run these tests against. */
const otherServer = process.env['TEST_KUBECONFIG'];

/** An API server, three nodes, all controllers, and pods that become ready as soon as they are assigned. */
export async function runningControllers(
  settings: Partial<ControllerSettings> = {},
): Promise<RunningControllers> {
  const api = otherServer ? undefined : await startApi();
  const kubeconfig = api?.kubeconfig ?? otherServer ?? '';
  const client = api?.client ?? createClient(loadKubeconfig(kubeconfig));
  const kubeletStop = new AbortController();
  standInKubelet(client, kubeletStop.signal);
  let controllers = start(client, settings);
  await registerNodes(client);
  return {
    client,
    kubeconfig,
    async restart(next = {}) {
      await controllers.stop();
      controllers = start(client, { ...settings, ...next });
    },
    restartApi: async () => api?.restart(),
    async close() {
      await controllers.stop();
      kubeletStop.abort();
      if (api) await api.close();
      else client.close();
    },
  };
}

function start(client: Client, settings: Partial<ControllerSettings>): { stop(): Promise<void> } {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const controllers = allControllers({
    clusterCidr: '172.16.0.0/16',
    maskSize: 24,
    ...settings,
  });
  const done = runControllers(controllers, { client, log: silentLog, signal: stop.signal });
  return {
    async stop() {
      stop.abort();
      await done;
    },
  };
}

async function registerNodes(client: Client): Promise<void> {
  const taints = [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }];
  for (const name of ['worker-node02', 'worker-node01', 'master-node']) {
    const spec = name === 'master-node' ? { taints } : {};
    await client.create(resources.nodes, { metadata: { name }, spec } as object).catch(() => {});
    await readyNode(client, name);
  }
}

/** Writes what a node agent reports of a healthy node. */
export async function readyNode(client: Client, name: string): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  const patch = { status: { conditions: [ready] } };
  await client.patch(resources.nodes, { name }, patch, { type: 'strategic-merge', subresource: 'status' });
}
