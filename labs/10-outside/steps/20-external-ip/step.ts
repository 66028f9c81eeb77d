import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, find } from '../../../steps/ensure.ts';
import { remove, type Service } from '../../../steps/objects.ts';
import { allAnswered, askFromNode, firstRefusal } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { servedWebservers, webserverService } from '../../../steps/webservers.ts';
import { leadToNode, outside } from '../../routes.ts';

/** The documents' own address. */
const address = '80.11.12.10';
const url = `http://${address}:8080`;

export const externalIp: Step = {
  id: '20-external-ip',
  claims: ['R-10'],
  look: 'kubectl get service hostname-service-clusterip --output yaml; workshop ssh outside -- ip route',
  links: [
    'document 002, "External IP"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#external-ips',
  ],
  async setUp(lab) {
    await leadToNode(lab, address);
    await takeBack(lab);
  },
  async check(lab) {
    const made = await find<Service>(lab, resources.services, webserverService);
    demand(made, { expected: `a Service ${webserverService}`, observed: 'none of that name' });
    foreseen(made);
    allAnswered(await askFromNode(lab, outside, url, { times: 3 }), `at ${url} from outside`);
  },
  async solve(lab) {
    await make(lab, { externalIPs: [address] });
    await soon(lab, () => askFromNode(lab, outside, url));
  },
  reset: takeBack,
  mistakes: [
    { id: 'other-address', make: (lab) => make(lab, { externalIPs: ['80.11.12.1'] }) },
    {
      id: 'load-balancer-ip',
      make: (lab) => make(lab, { type: 'LoadBalancer', loadBalancerIP: address }),
    },
  ],
  async prediction(lab) {
    const answers = await askFromNode(lab, outside, `http://${address}`);
    return firstRefusal(answers) === undefined ? 1 : 2;
  },
};

function foreseen({ spec }: Service): void {
  const expected = `externalIPs with ${address}`;
  demand(spec?.loadBalancerIP !== address, {
    expected,
    observed: `loadBalancerIP: ${address}, which is a wish to a provider`,
    mistake: 'load-balancer-ip',
  });
  const given = spec?.externalIPs ?? [];
  demand(given.length > 0, { expected, observed: 'no externalIPs' });
  demand(given.includes(address), { expected, observed: given.join(', '), mistake: 'other-address' });
}

async function make(lab: Lab, spec: NonNullable<Service['spec']>): Promise<void> {
  const ports = [{ name: 'web-port', port: 8080, targetPort: 80 }];
  await applyService(lab, webserverService, { selector: { app: 'webserver' }, ports, ...spec });
}

async function takeBack(lab: Lab): Promise<void> {
  await remove(lab, resources.services, webserverService);
  await servedWebservers(lab);
}
