import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient, putService } from '../../../steps/ensure.ts';
import { describePorts, expectedService, portsOf, selectorOf } from '../../../steps/expected-service.ts';
import { applyManifest, remove } from '../../../steps/objects.ts';
import { applyPagePods } from '../../../steps/page-pods.ts';
import { endpointsAre, podsWith, readyPods } from '../../../steps/pods.ts';
import { namedPorts, refusalOf } from '../../named-ports.check.ts';

const name = 'my-service';
const selector = { app: 'MyApp' };

export const twoPorts: Step = {
  id: '10-two-ports',
  claims: ['S-06'],
  look: 'kubectl describe service my-service: each Port with its TargetPort',
  links: [
    'document 000, "Multi-Port Services"',
    'document 003, "Multi-Port Services"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services',
  ],
  async setUp(lab) {
    const ports = [{ number: 9376 }, { number: 9377 }];
    await applyPagePods(lab, 'my-app', { labels: selector, ports });
    await Promise.all([readyPods(lab, 'app=MyApp', 1), ensureClient(lab)]);
  },
  async check(lab) {
    await foreseen(lab);
    await namedPorts.run(lab);
  },
  async solve(lab) {
    await remove(lab, resources.services, name);
    await applyManifest(lab, 'my-service-multi-port');
    await endpointsAre(lab, name, await podsWith(lab, 'app=MyApp'));
  },
  reset: (lab) => remove(lab, resources.services, name),
  mistakes: [
    {
      id: 'one-port',
      make: (lab) => made(lab, [{ port: 80, targetPort: 9376 }]),
    },
    {
      id: 'target-left-out',
      make: (lab) =>
        made(lab, [
          { name: 'http', port: 80 },
          { name: 'https', port: 443 },
        ]),
    },
    {
      id: 'targets-swapped',
      make: (lab) =>
        made(lab, [
          { name: 'http', port: 80, targetPort: 9377 },
          { name: 'https', port: 443, targetPort: 9376 },
        ]),
    },
    {
      id: 'selector-typo',
      make: (lab) =>
        made(
          lab,
          [
            { name: 'http', port: 80, targetPort: 9376 },
            { name: 'https', port: 443, targetPort: 9377 },
          ],
          { app: 'myapp' },
        ),
    },
  ],
  async prediction(lab) {
    const answer = await refusalOf(lab, ['', '']);
    return answer === 'accepted' ? 1 : 3;
  },
};

async function made(
  lab: Lab,
  ports: { port: number; name?: string; targetPort?: number }[],
  labels = selector,
) {
  await putService(lab, name, { selector: labels, ports });
}

async function foreseen(lab: Lab): Promise<void> {
  const service = await expectedService(lab, name);
  const ports = portsOf(service);
  const observed = describePorts(ports);
  const expected = 'the ports http 80→9376 and https 443→9377';
  demand(ports.length > 1, { expected, observed, mistake: 'one-port' });
  const left = ports.some(({ port, targetPort }) => targetPort === port);
  demand(!left, { expected, observed, mistake: 'target-left-out' });
  const targets = new Map(ports.map(({ port, targetPort }) => [port, targetPort]));
  const swapped = targets.get(80) === 9377 && targets.get(443) === 9376;
  demand(!swapped, { expected, observed, mistake: 'targets-swapped' });
  demand(targets.get(80) === 9376 && targets.get(443) === 9377, { expected, observed });
  const labels = selectorOf(service);
  demand(labels === 'app=MyApp', {
    expected: 'the selector app=MyApp',
    observed: labels,
    mistake: labels.toLowerCase() === 'app=myapp' ? 'selector-typo' : undefined,
  });
}
