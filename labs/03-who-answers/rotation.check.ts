import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { fairnessP, rotationBreak, tally } from '../statistics.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { nameOf, type Pod, podsWith } from '../steps/pods.ts';
import { type Choice, choiceOn } from '../steps/proxy-choice.ts';
import {
  type Answer,
  allAnswered,
  answersOf,
  askFromPod,
  describeAnswers,
  firstRefusal,
  shortName,
} from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

const requests = 240;

export const rotation: Check = {
  claims: ['L-08'],
  title: 'a request loop shows the pods in turn (or, where the proxy picks by chance, evenly)',
  look: "the node's proxy mode and its rules for the Service; the loop of the document in the pod debug",
  async run(lab) {
    const address = await clusterIpOf(lab, 'hostname-service-clusterip');
    const pods = (await podsWith(lab, 'app=webserver')).map(nameOf);
    const url = `http://${address}:8080`;
    const allKnown = (given: Answer[]) =>
      firstRefusal(given) === undefined && new Set(answersOf(given)).size === pods.length;
    await soon(lab, () => askFromPod(lab, 'debug', url, { times: 12 }), allKnown);
    const choice = await choiceOn(lab, await nodeOfClient(lab));
    const answers = await askFromPod(lab, 'debug', url, { times: requests });
    lab.seen(`${choice}: ${describeAnswers(answers)}`);
    allAnswered(answers);
    const names = answers.map(({ by }) => by ?? '');
    expect([...new Set(names)].sort(), 'the pods that answered').to.deep.equal(pods);
    judge(choice, names, pods, answers);
  },
};

function judge(choice: Choice, names: string[], pods: string[], answers: Answer[]): void {
  if (choice === 'rotation') {
    const at = rotationBreak(names, pods.length);
    const around = at === undefined ? [] : names.slice(Math.max(0, at - 3), at + 3).map(shortName);
    demand(at === undefined, {
      expected: `${pods.length} pods that answer ${requests} requests strictly in turn`,
      observed: `at request ${Number(at) + 1}: ${around.join(', ')}`,
    });
    return;
  }
  const counts = tally(names);
  const p = fairnessP(pods.map((pod) => counts.get(pod) ?? 0));
  demand(p > 1e-6, {
    expected: 'an even choice by chance (chi-square test, p > 0.000001)',
    observed: `${describeAnswers(answers)}, p = ${p.toExponential(1)}`,
  });
}

async function nodeOfClient(lab: Lab): Promise<string> {
  const ref = { namespace: lab.namespace, name: 'debug' };
  const pod = await lab.client.get<Pod>(resources.pods, ref, { signal: lab.signal });
  return pod.spec?.nodeName ?? '';
}
