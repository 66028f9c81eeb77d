import { expect } from 'chai';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { askProxy } from '../steps/ask-proxy.ts';
import { nodesOf } from '../steps/objects.ts';
import { endpointsAre, nameOf, type Pod, podsWith, readyAddresses } from '../steps/pods.ts';
import { type Answer, allAnswered, askFromPod } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';
import { killServer } from './web.ts';

const requests = 45;

export const deadBackend: Check = {
  claims: ['P-03'],
  title: 'a picked pod that does not answer fails the connection; a readiness probe keeps such a pod out',
  look: 'kubectl get endpointslices before and after the server in one pod has ended; the readiness probe',
  async run(lab) {
    const dead = await killOne(lab, 'unwatched');
    const [before, after] = [await podsWith(lab, 'app=unwatched'), await readyAddresses(lab, 'unwatched')];
    expect(after.length, 'endpoints, as nobody told Kubernetes').to.equal(before.length);
    const some = await askMany(lab, 'unwatched', requests);
    const failed = some.filter(({ by }) => by === undefined).length;
    const retries = await retriesByItself(lab);
    demand(retries === (failed === 0), {
      expected: retries
        ? 'no request to fail in mode userspace'
        : 'some requests to fail while one pod is dead',
      observed: `${failed} of ${some.length}`,
    });

    const watched = await killOne(lab, 'watched');
    const alive = (await podsWith(lab, 'app=watched')).filter((pod) => nameOf(pod) !== nameOf(watched));
    await endpointsAre(lab, 'watched', alive);
    const url = 'http://watched';
    await soon(lab, () => askFromPod(lab, 'debug', url, { times: 12 }));
    allAnswered(await askFromPod(lab, 'debug', url, { times: requests }), 'with a readiness probe');
    lab.seen(
      `${nameOf(dead)} dead: ${failed} of ${some.length} requests failed; with a probe 0 of ${requests}`,
    );
  },
};

/** Ends the server of the Service's first pod. */
async function killOne(lab: Lab, service: string): Promise<Pod> {
  const pods = await podsWith(lab, `app=${service}`);
  await soon(lab, () => askFromPod(lab, 'debug', `http://${service}`, { times: 6 }));
  const [first] = pods;
  demand(first, { expected: `pods of ${service}`, observed: 'none' });
  await killServer(lab, first);
  return first;
}

/** So many requests to a Service, also where some fail: a loop in a shell would end after a few failures. */
export async function askMany(lab: Lab, service: string, times: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < times) {
    answers.push(...(await askFromPod(lab, 'debug', `http://${service}`, { times: 15 })));
  }
  return answers;
}

/** Rules of the kernel do not try another pod; the old userspace proxy did. */
export async function retriesByItself(lab: Lab): Promise<boolean> {
  const [node] = await nodesOf(lab);
  return (await askProxy(lab, node?.name ?? '', 'proxyMode'))?.trim() === 'userspace';
}
