import { resources } from '../../../lib/kube/resources.ts';
import type { KubeObject } from '../../../lib/kube/types.ts';
import { waitFor } from '../../../lib/wait.ts';
import { remade, type Sabotage } from '../breaking.ts';

export const environmentSabotages: readonly Sabotage[] = [
  {
    claim: 'S-07',
    name: 'the pod is older than the Service',
    break: (lab) => remade(lab, 'redis-master'),
    expected: /REDIS_MASTER_SERVICE_HOST=/,
    observed: /REDIS_MASTER_SERVICE_HOST=/,
  },
  {
    claim: 'P-07',
    name: "somebody writes the variable into the older pod's manifest",
    async break(lab) {
      const ref = { namespace: lab.namespace, name: 'debug' };
      await lab.client.delete(resources.pods, ref, { gracePeriodSeconds: 0 });
      const env = [{ name: 'BACKEND_SERVICE_SERVICE_HOST', value: '172.17.0.99' }];
      const container = { name: 'debug', image: 'docker.io/busybox', command: ['sleep', '3600'], env };
      const pod = { metadata: ref, spec: { containers: [container], terminationGracePeriodSeconds: 0 } };
      await waitFor(
        () =>
          lab.client.create(resources.pods, pod as KubeObject).then(
            () => true,
            () => false,
          ),
        { what: 'the end of the old pod', timeoutMs: 10_000, intervalMs: 50 },
      );
      const running = await waitFor(
        async () => {
          const now = await lab.client.get<KubeObject & { status?: { phase?: string } }>(resources.pods, ref);
          return now.status?.phase === 'Running';
        },
        { what: 'the new pod', timeoutMs: 10_000, intervalMs: 50 },
      );
      return void running;
    },
    expected: /variables of backend-service in debug, which is older: \[\]/,
    observed: /BACKEND_SERVICE_SERVICE_HOST=172\.17\.0\.99/,
  },
];
