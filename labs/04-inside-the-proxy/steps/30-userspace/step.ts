import { expect } from 'chai';
import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { note, noted } from '../../../steps/notes.ts';
import { nodesOf, remove } from '../../../steps/objects.ts';
import { ipOf, nameOf, type Pod, podsWith, readyPods } from '../../../steps/pods.ts';
import { askForMode, proxyState } from '../../../steps/proxy-mode.ts';
import { allAnswered, askFromPod, describeAnswers, shortName } from '../../../steps/requests.ts';
import { deletePod } from '../../../steps/webservers.ts';
import { ownModeBack, rememberMode } from '../../own-mode.ts';
import { killServer, nodeOfClient, page, servedPages } from '../../pages.ts';

const noteOfPods = 'pages-at-the-start';

export const userspaceStep: Step = {
  id: '30-userspace',
  claims: ['P-02'],
  look: 'workshop proxy status; kubectl get pods --output wide; wget of each pod, and of the Service page',
  links: [
    'document 003, "User space proxy mode"',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes',
  ],
  async setUp(lab) {
    const pods = await servedPages(lab);
    await rememberMode(lab, await nodeOfClient(lab));
    await note(lab, noteOfPods, pods.map(nameOf).join());
  },
  async check(lab) {
    await modeIsUserspace(lab);
    const pods = await podsWith(lab, `app=${page}`);
    const before = (await noted(lab, noteOfPods)).split(',');
    const lost = before.find((name) => !pods.some((pod) => nameOf(pod) === name));
    demand(lost === undefined, {
      expected: 'the pods of the start, one of them with a dead server',
      observed: `${shortName(lost ?? '')} was deleted, so the Service knows of it`,
      mistake: 'pod-deleted',
    });
    const dead = await deadOnes(lab, pods);
    expect(dead.length, 'pods that run and do not answer').to.equal(1);
    const answers = await askFromPod(lab, 'debug', `http://${page}`, { times: 12 });
    allAnswered(answers, 'of the Service, though one pod is dead');
    lab.seen(`${dead.map(nameOf).map(shortName).join()} is dead; ${describeAnswers(answers)}`);
  },
  async solve(lab) {
    await userspaceStep.setUp(lab);
    await askForMode(lab, await nodeOfClient(lab), 'userspace');
    const pods = await podsWith(lab, `app=${page}`);
    const [victim] = pods;
    if (victim && (await deadOnes(lab, pods)).length === 0) await killServer(lab, victim);
  },
  async reset(lab) {
    await ownModeBack(lab);
    await remove(lab, resources.deployments, page);
    await readyPods(lab, `app=${page}`, 0);
    await userspaceStep.setUp(lab);
  },
  leave: ownModeBack,
  alone: true,
  mistakes: [
    {
      id: 'another-node',
      async make(lab) {
        const own = await nodeOfClient(lab);
        const [other] = (await nodesOf(lab)).filter(({ name }) => name !== own);
        await rememberMode(lab, other?.name ?? '');
        await askForMode(lab, other?.name ?? '', 'userspace');
      },
    },
    {
      id: 'pod-deleted',
      async make(lab) {
        await askForMode(lab, await nodeOfClient(lab), 'userspace');
        const [victim] = await podsWith(lab, `app=${page}`);
        if (victim) await deletePod(lab, victim);
      },
    },
  ],
  async prediction(lab) {
    const answers = await askFromPod(lab, 'debug', `http://${page}`, { times: 30 });
    const failed = answers.filter(({ by }) => by === undefined).length;
    if (failed === 0) return 1;
    return failed < answers.length ? 2 : 3;
  },
};

async function modeIsUserspace(lab: Lab): Promise<void> {
  const own = await nodeOfClient(lab);
  const { mode } = await proxyState(lab, own);
  if (mode === 'userspace') return;
  const others = (await nodesOf(lab)).filter(({ name }) => name !== own);
  const states = await Promise.all(others.map(({ name }) => proxyState(lab, name)));
  const other = others.find((_node, i) => states[i]?.mode === 'userspace');
  demand(false, {
    expected: `mode userspace on ${own}, the node of the pod debug`,
    observed: other ? `it on ${other.name}; ${own} runs ${mode}` : `mode ${mode}`,
    ...(other && { mistake: 'another-node' }),
  });
}

/** Pods that run and do not answer at their own address. */
async function deadOnes(lab: Lab, pods: readonly Pod[]): Promise<Pod[]> {
  const answers = await Promise.all(pods.map((pod) => askFromPod(lab, 'debug', `http://${ipOf(pod)}:8080`)));
  return pods.filter((_pod, i) => answers[i]?.[0]?.by === undefined);
}
