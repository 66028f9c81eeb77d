import { expect } from 'chai';
import type { Check, Lab } from '../lab.ts';
import { applyManifest, clusterIpOf } from '../steps/objects.ts';
import { nameOf, podsWith } from '../steps/pods.ts';
import {
  type Answer,
  allAnswered,
  answersOf,
  askFromPod,
  describeAnswers,
  shortName,
} from '../steps/requests.ts';
import { type Look, until } from '../steps/until.ts';

const service = 'hostname-service-clusterip';

export const sticky: Check = {
  claims: ['L-10'],
  title: 'with sessionAffinity ClientIP each client stays on one pod; with None requests spread again',
  look: 'kubectl get service --output yaml, its sessionAffinity; the loop in debug and in debug2',
  async run(lab) {
    await applyManifest(lab, service);
    const [changed] = await applyManifest(lab, 'hostname-service-clusterip-affinity');
    expect(changed?.outcome, 'what applying over the old Service says').to.equal('configured');
    const url = `http://${await clusterIpOf(lab, service)}:8080`;
    await settled(lab, url, 1);
    const [first, second] = await Promise.all([stays(lab, 'debug', url), stays(lab, 'debug2', url)]);

    await applyManifest(lab, service);
    await settled(lab, url, 3);
    const spread = await askFromPod(lab, 'debug', url, { times: 200 });
    allAnswered(spread);
    const pods = (await podsWith(lab, 'app=webserver')).map(nameOf);
    expect([...new Set(answersOf(spread))].sort(), 'the pods that answer without affinity').to.deep.equal(
      pods,
    );
    lab.seen(`debug ${first} ×50, debug2 ${second} ×50; then ${describeAnswers(spread)}`);
  },
};

/** The name of the one pod that answered fifty requests of this client. */
async function stays(lab: Lab, client: string, url: string): Promise<string> {
  const answers = await askFromPod(lab, client, url, { times: 50 });
  allAnswered(answers, `to ${client}`);
  expect(
    new Set(answersOf(answers)).size,
    `pods that answered ${client} (${describeAnswers(answers)})`,
  ).to.equal(1);
  return shortName(answersOf(answers)[0] ?? '');
}

/** The proxies learn of a change a moment later than the API; waits until debug's answers come from so many pods. */
async function settled(lab: Lab, url: string, pods: number): Promise<void> {
  await until(
    lab,
    async (): Promise<Look<Answer[]>> => {
      const answers = await askFromPod(lab, 'debug', url, { times: 12 });
      return new Set(answersOf(answers)).size === pods
        ? { found: answers }
        : { yet: describeAnswers(answers) };
    },
    {
      expected:
        pods === 1
          ? 'one pod that answers all requests of a client'
          : `${pods} pods that answer in their turn`,
      timeoutMs: 5000,
    },
  );
}
