import { readyPods } from '../../../labs/steps/pods.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { waitFor } from '../../../lib/wait.ts';
import type { Sabotage } from '../breaking.ts';

export const failureSabotages: readonly Sabotage[] = [
  {
    claim: 'P-03',
    name: 'the readiness probe says yes whatever happens',
    slow: true,
    async break(lab) {
      const ref = { namespace: lab.namespace, name: 'watched' };
      const readinessProbe = { exec: { command: ['true'] }, httpGet: null };
      const containers = [{ name: 'web', readinessProbe }];
      const patch = {
        spec: { template: { metadata: { labels: { probe: 'blind' } }, spec: { containers } } },
      };
      await lab.client.patch(resources.deployments, ref, patch, { type: 'strategic-merge' });
      await waitFor(async () => (await readyPods(lab, 'app=watched,probe=blind', 3)).length === 3, {
        what: 'the new pods',
        timeoutMs: 20_000,
      });
      await readyPods(lab, 'app=watched', 3);
      return undefined;
    },
    expected: /the Service watched to have the endpoints/,
    observed: /the endpoints 172\.16\.\S+, 172\.16\.\S+, 172\.16\./,
  },
];
