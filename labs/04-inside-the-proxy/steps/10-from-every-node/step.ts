import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, ensureClient, find } from '../../../steps/ensure.ts';
import { applyManifest, clusterIpOf, nodesOf, remove, type Service } from '../../../steps/objects.ts';
import { endpointsAre, podsWith, readyPods } from '../../../steps/pods.ts';
import { proxyIsHealthy } from '../../../steps/proxy.ts';
import { askFromNode, askFromPod } from '../../../steps/requests.ts';
import { fromNodes } from '../../from-nodes.check.ts';

const name = 'my-nginx-svc';

export const fromEveryNode: Step = {
  id: '10-from-every-node',
  claims: ['S-05', 'R-03'],
  look: `kubectl describe service ${name}; wget of its cluster IP in the pod debug and on a node`,
  links: [
    'document 000, "Virtual IPs and service proxies"; document 002, "Example"',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/',
  ],
  async setUp(lab) {
    await applyManifest(lab, 'my-nginx', { only: 'Deployment' });
    await Promise.all([ensureClient(lab), readyPods(lab, 'app=nginx', 2)]);
  },
  async check(lab) {
    const service = await find<Service>(lab, resources.services, name);
    demand(service, { expected: `a Service ${name}`, observed: 'none of that name' });
    foreseen(service);
    for (const { name: node } of await nodesOf(lab)) {
      expect(await proxyIsHealthy(lab, node), `the proxy of ${node} is healthy`).to.equal(true);
    }
    await fromNodes.run(lab);
  },
  async solve(lab) {
    await remove(lab, resources.services, name);
    await applyManifest(lab, 'my-nginx', { only: 'Service' });
    await endpointsAre(lab, name, await podsWith(lab, 'app=nginx'));
  },
  reset: (lab) => remove(lab, resources.services, name),
  mistakes: [
    { id: 'headless', make: (lab) => make(lab, { clusterIP: 'None' }) },
    {
      id: 'external-name',
      make: (lab) => make(lab, { type: 'ExternalName', externalName: 'nginx.example' }),
    },
    { id: 'selector-typo', make: (lab) => make(lab, { selector: { app: 'ngnix' } }) },
  ],
  async prediction(lab) {
    const url = `http://${await clusterIpOf(lab, name)}/`;
    const [inPod] = await askFromPod(lab, 'debug', url);
    const fromPod = /nginx/i.test(inPod?.text ?? '');
    demand(fromPod, { expected: `an answer of ${url} in the pod debug`, observed: `${inPod?.text.trim()}` });
    const nodes = await Promise.all((await nodesOf(lab)).map((node) => askFromNode(lab, node.name, url)));
    const answered = nodes.filter(([answer]) => /nginx/i.test(answer?.text ?? '')).length;
    if (answered === 0) return 1;
    return answered === nodes.length ? 2 : 3;
  },
};

function foreseen({ spec }: Service): void {
  const expected = 'a Service with a cluster IP, which the proxies can serve';
  demand(spec?.type !== 'ExternalName', {
    expected,
    observed: 'the type ExternalName, which has none',
    mistake: 'external-name',
  });
  demand(spec?.clusterIP !== 'None', { expected, observed: 'clusterIP None', mistake: 'headless' });
  demand(spec?.selector?.['app'] === 'nginx', {
    expected: 'the selector of the pods, app=nginx',
    observed: JSON.stringify(spec?.selector ?? {}),
    mistake: 'selector-typo',
  });
}

async function make(lab: Lab, spec: Partial<NonNullable<Service['spec']>>): Promise<void> {
  await applyService(lab, name, { selector: { app: 'nginx' }, ports: [{ port: 80 }], ...spec });
}
