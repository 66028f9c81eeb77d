import { WorkshopError } from '../../../lib/errors.ts';
import { ApiError, isNotFound } from '../../../lib/kube/api-error.ts';
import type { Client } from '../../../lib/kube/client.ts';
import { type Resource, resources } from '../../../lib/kube/resources.ts';
import type { KubeObject, V1Service, Wire } from '../../../lib/kube/types.ts';
import { removal } from './judge.ts';
import type { TargetCluster } from './target.ts';

/** What must hold for the whole cluster before any node is touched. Throws WorkshopError with what to do. */
export async function checkCluster({ client, server }: TargetCluster, signal?: AbortSignal): Promise<void> {
  const daemon = await kubeProxyDaemon(client, signal);
  if (daemon !== undefined) {
    throw new WorkshopError(
      'environment',
      `could not install the proxy: the DaemonSet ${daemon} runs kube-proxy on the nodes`,
      {
        advice: removal,
      },
    );
  }
  const { hostname } = new URL(server);
  const { spec } = await client.get<Wire<V1Service>>(resources.services, {
    namespace: 'default',
    name: 'kubernetes',
  });
  const virtual = [...(spec?.clusterIPs ?? []), spec?.clusterIP ?? ''];
  if (virtual.includes(hostname.replace(/^\[|\]$/g, '')) || /^kubernetes(\.|$)/.test(hostname)) {
    throw new WorkshopError(
      'usage',
      `could not use ${server}: that virtual IP exists only once the proxy works`,
      {
        advice: '--server URL with the address of the API server itself',
      },
    );
  }
}

/** `kube-system/kube-proxy` when there is one that wants to run anywhere. A cluster without DaemonSets has none. */
async function kubeProxyDaemon(client: Client, signal?: AbortSignal): Promise<string | undefined> {
  const ref = { namespace: 'kube-system', name: 'kube-proxy' };
  try {
    const { status } = await client.get<DaemonSet>(daemonSets, ref, { signal });
    return status?.desiredNumberScheduled === 0 ? undefined : `${ref.namespace}/${ref.name}`;
  } catch (error) {
    if (isNotFound(error) || (error instanceof ApiError && error.code === 403)) return undefined;
    throw error;
  }
}

const daemonSets: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'daemonsets',
  kind: 'DaemonSet',
  namespaced: true,
};

interface DaemonSet extends KubeObject {
  status?: { desiredNumberScheduled?: number };
}
