import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient, find } from '../../../steps/ensure.ts';
import { applyManifest, remove } from '../../../steps/objects.ts';
import { type Pod, podsWith } from '../../../steps/pods.ts';
import { freshClient, removePod } from '../../client-pod.ts';
import { eightOf } from '../../eight-variables.check.ts';
import { shownByPrintenv } from '../../service-variables.check.ts';
import { variablesIn } from '../../variables.ts';

const service = 'hostname-service-clusterip';
const prefix = /^HOSTNAME_SERVICE_CLUSTERIP_/;

export const servicesFirst: Step = {
  id: '10-services-first',
  claims: ['L-09', 'R-07', 'P-07'],
  look: 'kubectl get pods,services: the column AGE; kubectl exec client -- printenv',
  links: [
    'document 003, "Environment variables"; document 002, "Discovering services"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables',
  ],
  setUp: podFirst,
  async check(lab) {
    const pod = await find<Pod>(lab, resources.pods, 'client');
    demand(pod, { expected: 'a pod client', observed: 'none of that name' });
    const made = await find(lab, resources.services, service);
    demand(made, { expected: `a Service ${service}`, observed: 'none of that name' });
    const found = await variablesIn(lab, 'client', prefix);
    await foreseen(lab, pod, found);
    expect(found, 'the variables of the Service in the pod client').to.deep.equal(await eightOf(lab));
    const { found: shown, expected } = await shownByPrintenv(lab, 'client');
    expect(shown, 'what printenv shows in client').to.deep.equal(expected);
  },
  solve: (lab) => freshClient(lab, 'client'),
  async reset(lab) {
    await removePod(lab, 'client-2');
    await podFirst(lab);
  },
  mistakes: [
    { id: 'another-pod', make: (lab) => ensureClient(lab, 'client-2') },
    {
      id: 'by-hand',
      make: (lab) =>
        freshClient(lab, 'client', {
          env: [{ name: 'HOSTNAME_SERVICE_CLUSTERIP_SERVICE_HOST', value: '172.17.0.99' }],
        }),
    },
    { id: 'links-off', make: (lab) => freshClient(lab, 'client', { enableServiceLinks: false }) },
  ],
  async prediction(lab) {
    await freshClient(lab, 'probe');
    const count = (await variablesIn(lab, 'probe', prefix)).length;
    await removePod(lab, 'probe');
    return count === 0 ? 1 : count === 2 ? 2 : 3;
  },
};

/** The state that the step begins with: the pod is older than the Services. */
async function podFirst(lab: Lab): Promise<void> {
  await remove(lab, resources.services, service);
  await remove(lab, resources.services, 'my-nginx-svc');
  await freshClient(lab, 'client');
  await applyManifest(lab, service);
  await applyManifest(lab, 'my-nginx', { only: 'Service' });
}

async function foreseen(lab: Lab, { spec }: Pod, found: readonly string[]): Promise<void> {
  const byHand = spec?.containers[0]?.env?.find(({ name }) => prefix.test(name));
  demand(byHand === undefined, {
    expected: 'variables that Kubernetes gives the pod',
    observed: `${byHand?.name} in the manifest of the pod`,
    mistake: 'by-hand',
  });
  demand(spec?.enableServiceLinks !== false, {
    expected: 'a pod that gets the variables of Services',
    observed: 'enableServiceLinks: false in its manifest',
    mistake: 'links-off',
  });
  if (found.length > 0) return;
  const others = (await podsWith(lab, '')).filter(({ metadata }) => metadata?.name !== 'client');
  for (const { metadata } of others) {
    const theirs = await variablesIn(lab, metadata?.name ?? '', prefix).catch(() => []);
    demand(theirs.length === 0, {
      expected: 'the variables in the pod client',
      observed: `none there, but ${theirs.length} in the pod ${metadata?.name}`,
      mistake: 'another-pod',
    });
  }
}
