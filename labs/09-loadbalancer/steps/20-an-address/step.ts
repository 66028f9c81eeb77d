import { resources } from '../../../../lib/kube/resources.ts';
import { CheckFailure, demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, find } from '../../../steps/ensure.ts';
import { applyManifest, remove, type Service } from '../../../steps/objects.ts';
import { endpointsAre, readyPods } from '../../../steps/pods.ts';
import { type Look, until } from '../../../steps/until.ts';
import { assigned } from '../../asked-for.check.ts';
import { externalIpOf } from '../../pending.check.ts';

const service = 'my-nginx-svc';
const ports = [{ port: 80 }];
const selector = { app: 'nginx' };

export const anAddress: Step = {
  id: '20-an-address',
  claims: ['R-02', 'R-09'],
  look: 'kubectl get services, EXTERNAL-IP; kubectl describe service my-nginx-svc, its events',
  links: [
    'document 002, "LoadBalancer"',
    'https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class',
  ],
  async setUp(lab) {
    await applyManifest(lab, 'my-nginx', { only: 'Deployment' });
    const pods = await readyPods(lab, 'app=nginx', 2);
    await takeBack(lab);
    await endpointsAre(lab, service, pods);
  },
  async check(lab) {
    const made = await find<Service>(lab, resources.services, service);
    demand(made, { expected: `a Service ${service}`, observed: 'none of that name' });
    foreseen(made);
    const address = made.status?.loadBalancer?.ingress?.[0]?.ip;
    demand(address, {
      expected: 'an address in EXTERNAL-IP',
      observed: await externalIpOf(lab, service),
    });
    const problem = await outsideSays(lab, address);
    if (problem === undefined) return;
    throw new CheckFailure({ expected: `the page of nginx at http://${address} outside`, observed: problem });
  },
  async solve(lab) {
    await make(lab, { type: 'LoadBalancer' });
    const address = await assigned(lab, service);
    await endpointsAre(lab, service, await readyPods(lab, 'app=nginx', 2));
    await until(
      lab,
      async (): Promise<Look<true>> => {
        const problem = await outsideSays(lab, address);
        return problem === undefined ? { found: true } : { yet: problem };
      },
      { expected: `an answer at ${address}`, timeoutMs: 10_000 },
    );
  },
  reset: takeBack,
  mistakes: [
    { id: 'node-port', make: (lab) => make(lab, { type: 'NodePort' }) },
    {
      id: 'external-ips',
      make: (lab) => make(lab, { ...unclaimed, externalIPs: ['80.11.12.114'] }),
    },
    {
      id: 'address-not-ours',
      make: (lab) => make(lab, { type: 'LoadBalancer', loadBalancerIP: '78.11.24.19' }),
    },
  ],
  async prediction(lab) {
    await applyService(lab, 'probe', { ...unclaimed, selector, ports });
    const shown = await externalIpOf(lab, 'probe');
    await remove(lab, resources.services, 'probe');
    return shown === '<pending>' ? 3 : 1;
  },
};

const unclaimed = { type: 'LoadBalancer', loadBalancerClass: 'example.com/nobody' };

function foreseen({ spec, status }: Service): void {
  const expected = 'an address from the provider of load balancers';
  demand(spec?.type === 'LoadBalancer', {
    expected,
    observed: `the type ${spec?.type}`,
    mistake: 'node-port',
  });
  demand(spec.externalIPs === undefined, {
    expected,
    observed: `externalIPs: ${spec.externalIPs?.join(', ')}`,
    mistake: 'external-ips',
  });
  demand(!spec.loadBalancerIP || status?.loadBalancer?.ingress, {
    expected,
    observed: `<pending>, with loadBalancerIP: ${spec.loadBalancerIP}`,
    mistake: 'address-not-ours',
  });
}

/** What is wrong with the page that the machine outside gets there; undefined when it is nginx's. */
async function outsideSays(lab: Lab, address: string): Promise<string | undefined> {
  const argv = ['timeout', '3', 'busybox', 'wget', '-q', '-O', '-', `http://${address}`];
  const { stdout, stderr } = await lab.onNode('outside', argv);
  return stdout.includes('Welcome to nginx') ? undefined : stderr.trim() || 'no answer within 3 s';
}

async function make(lab: Lab, spec: NonNullable<Service['spec']>): Promise<void> {
  await remove(lab, resources.services, service);
  await applyService(lab, service, { selector, ports, ...spec });
}

async function takeBack(lab: Lab): Promise<void> {
  await make(lab, unclaimed);
}
