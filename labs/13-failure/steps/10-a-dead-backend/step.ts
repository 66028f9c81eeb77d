import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { ensureClient } from '../../../steps/ensure.ts';
import { note, noted } from '../../../steps/notes.ts';
import { endpointsAre, nameOf, type Pod, podsWith, readyAddresses, readyPods } from '../../../steps/pods.ts';
import { askMany, retriesByItself } from '../../dead-backend.check.ts';
import { applyWeb, killServer, reviveServer, serverRuns } from '../../web.ts';

const name = 'unwatched';

export const aDeadBackend: Step = {
  id: '10-a-dead-backend',
  claims: ['P-03'],
  look: 'kubectl get pods,endpointslices; kubectl exec in each pod: pidof httpd',
  links: [
    'document 003, "iptables proxy mode": the connection fails',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes',
  ],
  async setUp(lab) {
    await applyWeb(lab, name);
    const [pods] = await Promise.all([readyPods(lab, `app=${name}`, 3), ensureClient(lab)]);
    await endpointsAre(lab, name, pods);
    await note(lab, name, pods.map(nameOf).join());
  },
  async check(lab) {
    await foreseen(lab);
    const endpoints = (await readyAddresses(lab, name)).length;
    demand(endpoints === 3, { expected: 'still three endpoints', observed: `${endpoints}` });
    const failed = (await askMany(lab, name, 30)).filter(({ by }) => by === undefined).length;
    const retries = await retriesByItself(lab);
    demand(retries === (failed === 0), {
      expected: retries ? 'no failed request in mode userspace' : 'some failed requests',
      observed: `${failed} failed`,
    });
  },
  async solve(lab) {
    const pods = await settled(lab);
    if (pods[0]) await killServer(lab, pods[0]);
  },
  reset: async (lab) => void (await settled(lab)),
  mistakes: [
    {
      id: 'pod-deleted',
      async make(lab) {
        const [pod] = await podsWith(lab, `app=${name}`);
        const ref = { namespace: lab.namespace, name: pod ? nameOf(pod) : '' };
        await lab.client.delete(resources.pods, ref, { gracePeriodSeconds: 0, signal: lab.signal });
        await readyPods(lab, `app=${name}`, 3);
      },
    },
    {
      id: 'too-many-dead',
      async make(lab) {
        for (const pod of await podsWith(lab, `app=${name}`)) await killServer(lab, pod);
      },
    },
  ],
  async prediction(lab) {
    const answers = await askMany(lab, name, 30);
    const share = answers.filter(({ by }) => by === undefined).length / answers.length;
    return share === 0 ? 1 : share < 0.8 ? 2 : 3;
  },
};

/** Three pods whose servers all run. */
async function settled(lab: Lab): Promise<Pod[]> {
  const pods = await readyPods(lab, `app=${name}`, 3);
  await Promise.all(pods.map((pod) => reviveServer(lab, pod)));
  return pods;
}

async function foreseen(lab: Lab): Promise<void> {
  const pods = await podsWith(lab, `app=${name}`);
  const running = await Promise.all(pods.map((pod) => serverRuns(lab, pod)));
  const dead = pods.filter((_, i) => !running[i]).map(nameOf);
  const before = (await noted(lab, name)).split(',');
  const isNew = before.length > 1 && pods.some((pod) => !before.includes(nameOf(pod)));
  demand(dead.length > 0, {
    expected: 'one of the three servers dead, in a pod that goes on',
    observed: isNew ? 'a pod that is newer than the step, and three servers that run' : 'three that run',
    mistake: isNew ? 'pod-deleted' : undefined,
  });
  demand(dead.length === 1, {
    expected: 'one of the three servers dead',
    observed: `${dead.length} dead: ${dead.join(', ')}`,
    mistake: 'too-many-dead',
  });
}
