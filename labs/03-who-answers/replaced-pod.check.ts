import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { endpointsAre, nameOf, podsWith, readyPods } from '../steps/pods.ts';
import {
  type Answer,
  allAnswered,
  answersOf,
  askFromPod,
  askUntilTold,
  describeAnswers,
  shortName,
} from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

const service = 'hostname-service-clusterip';

export const replacedPod: Check = {
  claims: ['L-07'],
  title: 'a deleted pod gets no more requests, its successor gets some at once, and none fails meanwhile',
  look: "the Service's EndpointSlices and the rules of the node while a pod goes and another comes",
  async run(lab) {
    const url = `http://${await clusterIpOf(lab, service)}:8080`;
    const before = await podsWith(lab, 'app=webserver');
    const [victim] = before;
    demand(victim, { expected: 'a pod with the label app=webserver', observed: 'none' });
    await soon(lab, () => askFromPod(lab, 'debug', url));
    const loop = askUntilTold(lab, 'debug', url);
    const change = await replace(lab, nameOf(victim), before.map(nameOf), url).finally(loop.enough);
    const meanwhile = await loop.answers;
    allAnswered(meanwhile, 'meanwhile');
    const seconds = secondsUntilFirst(meanwhile, change);
    const answers = await askFromPod(lab, 'debug', url, { times: 60 });
    lab.seen(
      `${shortName(change.successor)} answered ${seconds.toFixed(1)} s after Ready; ${meanwhile.length} requests meanwhile, none failed`,
    );
    const names = (await podsWith(lab, 'app=webserver')).map(nameOf);
    expect(
      [...new Set(answersOf(answers))].sort(),
      `the pods that answer now (${describeAnswers(answers)})`,
    ).to.deep.equal(names);
  },
};

interface Change {
  successor: string;
  /** When it was seen Ready, by the clock of the answers. */
  readyAt: number;
}

/** Deletes the pod; resolves when its successor is Ready and answers, or a few seconds later. */
async function replace(lab: Lab, victim: string, before: string[], url: string): Promise<Change> {
  const ref = { namespace: lab.namespace, name: victim };
  await lab.client.delete(resources.pods, ref, { signal: lab.signal });
  const after = await readyPods(lab, 'app=webserver', 3);
  const { stdout } = await lab.inPod('debug', ['cat', '/proc/uptime']);
  const successor = after.map(nameOf).find((name) => !before.includes(name));
  demand(successor, { expected: 'a new pod in place of the deleted one', observed: 'the old names' });
  const answersNow = (given: Answer[]) => answersOf(given).includes(successor);
  await soon(lab, () => askFromPod(lab, 'debug', url, { times: 6 }), answersNow);
  await endpointsAre(lab, service, after);
  return { successor, readyAt: Number.parseFloat(stdout) };
}

function secondsUntilFirst(answers: readonly Answer[], { successor, readyAt }: Change): number {
  const first = answers.find(({ by }) => by === successor);
  const seconds = first && Math.max(0, first.at - readyAt);
  demand(seconds !== undefined && seconds <= 2, {
    expected: 'an answer of the new pod within 2 s of its being Ready',
    observed:
      seconds === undefined ? `none: ${describeAnswers(answers)}` : `the first after ${seconds.toFixed(1)} s`,
  });
  return seconds;
}
