import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { fairnessP, tally } from '../statistics.ts';
import { clusterIpOf, nodesOf } from '../steps/objects.ts';
import { endpointsAre, ipOf, nameOf, type Pod, readyPods } from '../steps/pods.ts';
import { choiceOn } from '../steps/proxy-choice.ts';
import { allAnswered, answersOf, askFromPod, describeAnswers } from '../steps/requests.ts';
import { addressesInRules } from '../steps/rules.ts';
import { soon } from '../steps/soon.ts';
import { type Look, until } from '../steps/until.ts';

const service = 'hostname-service-clusterip';
const requests = 240;

export const picked: Check = {
  claims: ['R-06'],
  title: 'each node has a rule for the Service and one for each endpoint, and no pod is preferred',
  look: 'nft list ruleset, iptables-save or ipvsadm -Ln on each node, against the EndpointSlices',
  async run(lab) {
    const address = await clusterIpOf(lab, service);
    const three = await readyPods(lab, 'app=webserver', 3);
    await rulesHold(lab, address, three, []);
    const two = await scaled(lab, 2);
    await rulesHold(lab, address, two, three);
    const [node] = await nodesOf(lab);
    const choice = await choiceOn(lab, node?.name ?? '');
    const answers = await soon(lab, () =>
      askFromPod(lab, 'debug', `http://${address}:8080`, { times: requests }),
    );
    allAnswered(answers);
    const counts = tally(answersOf(answers));
    const p = fairnessP(two.map((pod) => counts.get(nameOf(pod)) ?? 0));
    demand(p > 1e-6, {
      expected: 'an even choice (chi-square test, p > 0.000001)',
      observed: `${describeAnswers(answers)}, p = ${p.toExponential(1)}`,
    });
    await scaled(lab, 3);
    lab.seen(
      `rules for ${address} and each endpoint on every node; by ${choice}: ${describeAnswers(answers)}`,
    );
  },
};

async function scaled(lab: Lab, replicas: number): Promise<Pod[]> {
  const ref = { namespace: lab.namespace, name: 'hostname-deployment' };
  await lab.client.patch(
    resources.deployments,
    ref,
    { spec: { replicas } },
    { type: 'merge', signal: lab.signal },
  );
  const pods = await readyPods(lab, 'app=webserver', replicas);
  await endpointsAre(lab, service, pods);
  return pods;
}

/** Waits until each node's rules name the cluster IP and these pods, and none of the others. */
async function rulesHold(
  lab: Lab,
  address: string,
  pods: readonly Pod[],
  others: readonly Pod[],
): Promise<void> {
  const wanted = [address, ...pods.map(ipOf)].sort();
  const asked = [...new Set([...wanted, ...others.map(ipOf)])];
  for (const { name } of await nodesOf(lab)) {
    await until(
      lab,
      async (): Promise<Look<true>> => {
        const found = (await addressesInRules(lab, name, asked)).sort();
        return found.join() === wanted.join() ? { found: true } : { yet: found.join(', ') || 'none' };
      },
      { expected: `rules on ${name} for ${wanted.join(', ')}`, timeoutMs: 5000 },
    );
  }
  expect(pods, 'pods of the Service').to.not.have.lengthOf(0);
}
