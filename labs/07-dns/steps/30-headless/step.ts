import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, find } from '../../../steps/ensure.ts';
import { applyManifest, remove, type Service } from '../../../steps/objects.ts';
import { endpointsAre, ipOf, podsWith } from '../../../steps/pods.ts';
import { backend, selector } from '../../backend.ts';
import { afterReplacement, resolved } from '../../cached-name.check.ts';
import { fullName, lookUp } from '../../records.ts';

const service = 'my-headless';
const ports = [{ port: 80, targetPort: 9376 }];

export const headless: Step = {
  id: '30-headless',
  claims: ['P-01'],
  look: 'nslookup of the full name in the pod debug; kubectl get services,endpointslices,pods --output wide',
  links: [
    'document 003, "Why not use round-robin DNS?"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#headless-services',
  ],
  async setUp(lab) {
    await remove(lab, resources.services, service);
    const pods = await backend(lab);
    await applyManifest(lab, 'my-service');
    await endpointsAre(lab, 'my-service', pods);
  },
  async check(lab) {
    const made = await find<Service>(lab, resources.services, service);
    demand(made, { expected: `a Service ${service}`, observed: 'none of that name' });
    demand(made.spec?.clusterIP === 'None', {
      expected: 'no cluster IP',
      observed: `the cluster IP ${made.spec?.clusterIP}`,
      mistake: 'cluster-ip',
    });
    demand(made.spec?.selector?.['app'] === selector.app, {
      expected: 'a selector that finds the pods app=MyApp',
      observed: `the selector ${JSON.stringify(made.spec?.selector ?? {})}`,
      mistake: 'selector',
    });
    const { addresses } = await lookUp(lab, fullName(lab, service));
    const pods = await podsWith(lab, 'app=MyApp');
    expect(addresses, `the addresses of ${service} in the DNS`).to.deep.equal(pods.map(ipOf).sort());
  },
  async solve(lab) {
    await make(lab, { clusterIP: 'None' });
    await endpointsAre(lab, service, await podsWith(lab, 'app=MyApp'));
    await resolved(lab, service);
  },
  reset: (lab) => remove(lab, resources.services, service),
  mistakes: [
    { id: 'cluster-ip', make: (lab) => make(lab, {}) },
    { id: 'selector', make: (lab) => make(lab, { clusterIP: 'None', selector: { app: 'myapp' } }) },
  ],
  async prediction(lab) {
    await applyService(lab, 'probe', { clusterIP: 'None', selector, ports });
    const { cached, virtual } = await afterReplacement(lab, 'probe');
    await remove(lab, resources.services, 'probe');
    return cached.includes('none') && !virtual.includes('none') ? 3 : 1;
  },
};

async function make(lab: Lab, spec: NonNullable<Service['spec']>): Promise<void> {
  await remove(lab, resources.services, service);
  await applyService(lab, service, { selector, ports, ...spec });
}
