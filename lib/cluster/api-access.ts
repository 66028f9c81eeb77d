import { type Client, createClient } from '../kube/client.ts';
import { loadKubeconfig } from '../kube/credentials.ts';
import { execInPod } from '../kube/exec.ts';
import type { Cluster } from './cluster.ts';

/** What every backend has of a cluster through its API alone. Throws WorkshopError `usage` for a kubeconfig that cannot be used. */
export function apiAccess(
  kubeconfig: string,
): Pick<Cluster, 'kubeconfig' | 'credentials' | 'client' | 'runInPod' | 'close'> {
  const credentials = loadKubeconfig(kubeconfig);
  let client: Client | undefined;
  return {
    kubeconfig,
    credentials,
    client: () => {
      client ??= createClient(credentials);
      return client;
    },
    runInPod: (target, argv, options = {}) => execInPod(credentials, target, argv, options),
    close: () => client?.close(),
  };
}
