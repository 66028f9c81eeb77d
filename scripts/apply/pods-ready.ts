import type { Cluster } from '../../lib/cluster/cluster.ts';
import type { Applied } from '../../lib/kube/apply/apply.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { V1Deployment, Wire } from '../../lib/kube/types.ts';
import { waitFor } from '../../lib/wait.ts';

type Deployment = Wire<V1Deployment>;

/**
 * Waits until every applied Deployment has all its pods Ready. Throws WorkshopError `timeout` after a minute, or as many as the
 * cluster's pace says.
 */
export async function podsReady(
  cluster: Pick<Cluster, 'client' | 'pace'>,
  applied: readonly Applied[],
  signal: AbortSignal,
): Promise<void> {
  const client = cluster.client();
  const patience = { timeoutMs: 60_000 * cluster.pace, intervalMs: 100 * cluster.pace };
  const deployments = applied.flatMap(({ object }) =>
    object.kind === 'Deployment' ? [object.metadata ?? {}] : [],
  );
  await Promise.all(
    deployments.map(({ namespace, name = '' }) =>
      waitFor(
        async () =>
          isReady(await client.get<Deployment>(resources.deployments, { namespace, name }, { signal })),
        { what: `the pods of ${name}`, ...patience, signal },
      ),
    ),
  );
}

function isReady({ metadata, spec, status }: Deployment): boolean {
  const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  return seen && status?.readyReplicas === spec?.replicas && status?.updatedReplicas === spec?.replicas;
}
