import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient, putService } from '../../../steps/ensure.ts';
import { describePorts, expectedService, portsOf, selectorOf } from '../../../steps/expected-service.ts';
import { clusterIpOf, remove } from '../../../steps/objects.ts';
import { endpointsAre, podsWith, readyPods } from '../../../steps/pods.ts';
import { askFromPod } from '../../../steps/requests.ts';
import { namedTargets } from '../../named-targets.check.ts';
import { portsThatAnswered } from '../../ports-answered.ts';
import { applyShop, shopService } from '../../shop.ts';

const selector = { app: 'shop' };

export const targetByName: Step = {
  id: '20-target-by-name',
  claims: ['S-04'],
  look: 'kubectl describe service shop, and kubectl get endpointslices: the numbers behind the name',
  links: [
    'document 000, "Defining a service": targetPort can be a string',
    'document 002, "Example": the port number can be different in each backend Pod',
    'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  ],
  async setUp(lab) {
    await applyShop(lab);
    await Promise.all([readyPods(lab, 'app=shop', 2), ensureClient(lab)]);
  },
  async check(lab) {
    await foreseen(lab);
    await namedTargets.run(lab);
  },
  async solve(lab) {
    await remove(lab, resources.services, 'shop');
    await shopService(lab, 'http-web');
    await endpointsAre(lab, 'shop', await podsWith(lab, 'app=shop'));
  },
  reset: (lab) => remove(lab, resources.services, 'shop'),
  mistakes: [
    {
      id: 'number-for-name',
      async make(lab) {
        await putService(lab, 'shop', { selector, ports: [{ port: 80, targetPort: 9376 }] });
      },
    },
    {
      id: 'unknown-name',
      async make(lab) {
        await putService(lab, 'shop', { selector, ports: [{ port: 80, targetPort: 'http' }] });
      },
    },
    {
      id: 'one-version',
      async make(lab) {
        const narrow = { ...selector, version: 'v1' };
        await putService(lab, 'shop', { selector: narrow, ports: [{ port: 80, targetPort: 'http-web' }] });
      },
    },
  ],
  async prediction(lab) {
    const url = `http://${await clusterIpOf(lab, 'shop')}`;
    const answered = portsThatAnswered(await askFromPod(lab, 'debug', url, { times: 40 }));
    return answered.length === 2 ? 3 : answered[0] === 9376 ? 1 : 2;
  },
};

async function foreseen(lab: Lab): Promise<void> {
  const service = await expectedService(lab, 'shop');
  const [first] = portsOf(service);
  const observed = describePorts(portsOf(service));
  demand(first?.port === 80, { expected: 'the port 80', observed });
  const expected = 'the target port http-web, a name';
  const target = first.targetPort;
  demand(typeof target !== 'number', { expected, observed, mistake: 'number-for-name' });
  demand(target === 'http-web', { expected, observed, mistake: 'unknown-name' });
  const labels = selectorOf(service);
  demand(labels === 'app=shop', {
    expected: 'the selector app=shop, which fits both versions',
    observed: labels,
    mistake: labels.includes('version=') ? 'one-version' : undefined,
  });
}
