import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient, putService } from '../../../steps/ensure.ts';
import { expectedService, selectorOf } from '../../../steps/expected-service.ts';
import { applyManifest, remove } from '../../../steps/objects.ts';
import { endpointsAre, ipOf, podsWith, readyAddresses } from '../../../steps/pods.ts';
import { backendService } from '../../backend-service.check.ts';
import { applyBackends, backendsReady } from '../../tiers.ts';

const name = 'backend-service';
const ports = [{ port: 80 }];

export const bothLabels: Step = {
  id: '20-both-labels',
  claims: ['Z-03'],
  look: 'kubectl get pods --show-labels, and the Selector and the Endpoints in kubectl describe service',
  links: [
    'document 004, "pod的IP 与 service的IP": backend-service',
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#service-and-replicationcontroller',
  ],
  async setUp(lab) {
    await applyBackends(lab);
    await Promise.all([backendsReady(lab), ensureClient(lab)]);
  },
  async check(lab) {
    await foreseen(lab);
    await backendService.run(lab);
  },
  async solve(lab) {
    await remove(lab, resources.services, name);
    await applyManifest(lab, name);
    await endpointsAre(lab, name, await podsWith(lab, 'tier=backend,app=myapp'));
  },
  reset: (lab) => remove(lab, resources.services, name),
  mistakes: [
    {
      id: 'without-tier',
      make: async (lab) => void (await putService(lab, name, { selector: { app: 'myapp' }, ports })),
    },
    {
      id: 'without-app',
      make: async (lab) => void (await putService(lab, name, { selector: { tier: 'backend' }, ports })),
    },
    {
      id: 'values-swapped',
      make: async (lab) =>
        void (await putService(lab, name, { selector: { app: 'backend', tier: 'myapp' }, ports })),
    },
  ],
  async prediction(lab) {
    const chosen = await readyAddresses(lab, name);
    const half = await podsWith(lab, 'tier=frontend,app=myapp');
    return half.some((pod) => chosen.includes(ipOf(pod))) ? 1 : 2;
  },
};

const mistakes = new Map([
  ['app=myapp', 'without-tier'],
  ['tier=backend', 'without-app'],
  ['app=backend,tier=myapp', 'values-swapped'],
]);

async function foreseen(lab: Lab): Promise<void> {
  const labels = selectorOf(await expectedService(lab, name));
  demand(labels === 'app=myapp,tier=backend', {
    expected: 'a selector with both labels, app=myapp and tier=backend',
    observed: labels,
    mistake: mistakes.get(labels),
  });
}
