import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensure, find } from '../../../steps/ensure.ts';
import { nodesOf, remove, type Service } from '../../../steps/objects.ts';
import { type Pod, podsWith, readyAddresses } from '../../../steps/pods.ts';
import { choiceOn } from '../../../steps/proxy-choice.ts';
import { addressesInRules } from '../../../steps/rules.ts';
import { type Look, until } from '../../../steps/until.ts';
import { servedWebservers, webserverService } from '../../../steps/webservers.ts';

const [sleepy, annotation] = ['sleepy', 'backends'];

export const aRuleForEachEndpoint: Step = {
  id: '20-a-rule-for-each-endpoint',
  claims: ['R-06'],
  look: "a node's rules for the Service; kubectl get endpointslices,pods --output wide",
  links: [
    'document 002, "Proxy-mode: iptables"; document 003, "iptables proxy mode"',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-iptables',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables',
  ],
  async setUp(lab) {
    await remove(lab, resources.pods, sleepy);
    await servedWebservers(lab);
    await ensure(lab, resources.pods, sleepyPod());
    await until(lab, () => asleep(lab), { expected: `the pod ${sleepy} to run, not ready` });
  },
  async check(lab) {
    const service = await find<Service>(lab, resources.services, webserverService);
    const answer = service?.metadata?.annotations?.[annotation];
    demand(answer !== undefined, {
      expected: `your answer as the annotation ${annotation} of the Service ${webserverService}`,
      observed: 'no such annotation',
    });
    const endpoints = await readyAddresses(lab, webserverService);
    const pods = await podsWith(lab, 'app=webserver');
    const address = service?.spec?.clusterIP ?? '';
    const asked = [address, ...pods.map(({ status }) => status?.podIP ?? '')];
    for (const { name } of await nodesOf(lab)) {
      const named = await addressesInRules(lab, name, asked);
      expect(named.sort(), `the addresses in the rules of ${name}`).to.deep.equal(
        [address, ...endpoints].sort(),
      );
    }
    foreseen(answer.trim(), endpoints.length, pods.length);
    lab.seen(`${address} leads to ${endpoints.join(', ')} on every node`);
  },
  solve: async (lab) => annotate(lab, `${(await readyAddresses(lab, webserverService)).length}`),
  async reset(lab) {
    await annotate(lab, null);
  },
  mistakes: [
    {
      id: 'counted-pods',
      make: async (lab) => annotate(lab, `${(await podsWith(lab, 'app=webserver')).length}`),
    },
    { id: 'counted-one', make: (lab) => annotate(lab, '1') },
  ],
  async prediction(lab) {
    const [node] = await nodesOf(lab);
    return (await choiceOn(lab, node?.name ?? '')) === 'rotation' ? 1 : 2;
  },
};

function foreseen(answer: string, endpoints: number, pods: number): void {
  const expected = `as many as the rules choose from: ${endpoints === pods ? 'all' : 'fewer than the pods'}`;
  const observed = answer;
  demand(answer !== `${pods}` || endpoints === pods, { expected, observed, mistake: 'counted-pods' });
  demand(answer !== '1' || endpoints === 1, { expected, observed, mistake: 'counted-one' });
  demand(answer === `${endpoints}`, { expected, observed });
}

/** It has the label, and runs, but its readiness probe never succeeds. */
function sleepyPod(): Pod {
  return {
    metadata: { name: sleepy, labels: { app: 'webserver' } },
    spec: {
      containers: [
        {
          name: sleepy,
          image: 'docker.io/busybox:1.36',
          command: ['sleep', '86400'],
          readinessProbe: { exec: { command: ['false'] }, periodSeconds: 5 },
        },
      ],
      terminationGracePeriodSeconds: 0,
    },
  };
}

async function asleep(lab: Lab): Promise<Look<true>> {
  const pod = await find<Pod>(lab, resources.pods, sleepy);
  return pod?.status?.podIP ? { found: true } : { yet: pod?.status?.phase ?? 'no pod' };
}

async function annotate(lab: Lab, value: string | null): Promise<void> {
  const ref = { namespace: lab.namespace, name: webserverService };
  const patch = { metadata: { annotations: { [annotation]: value } } };
  await lab.client.patch(resources.services, ref, patch, { type: 'merge', signal: lab.signal });
}
