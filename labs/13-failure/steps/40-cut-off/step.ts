import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { note, noted } from '../../../steps/notes.ts';
import { clusterIpOf, nodesOf } from '../../../steps/objects.ts';
import { endpointsAre, ipOf, podsWith, readyPods } from '../../../steps/pods.ts';
import { type Answer, allAnswered, askFromNode } from '../../../steps/requests.ts';
import { addressesInRules } from '../../../steps/rules.ts';
import { type Look, until } from '../../../steps/until.ts';
import { cutOff, nodesCutOff, reconnect } from '../../cut.ts';
import { applyWeb, scale } from '../../web.ts';

const name = 'far';

export const cutOffStep: Step = {
  id: '40-cut-off',
  claims: ['P-03'],
  look: 'on the node: can it reach the API server, and which addresses do its rules still have?',
  links: [
    'document 003, "iptables proxy mode": the proxy watches the control plane',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/',
  ],
  async setUp(lab) {
    const [, middle] = await nodesOf(lab);
    await applyWeb(lab, name, { node: middle?.name ?? '' });
    const pods = await readyPods(lab, `app=${name}`, 3);
    await endpointsAre(lab, name, pods);
    await note(lab, name, pods.map(ipOf).join());
    await known(lab, await lastNode(lab), pods.map(ipOf));
  },
  async check(lab) {
    const node = await lastNode(lab);
    await foreseen(lab, node);
    const answers = await askUntil(lab, node, (given) => given.some(isFailure));
    demand(answers.some(isFailure), { expected: `failed requests on ${node}`, observed: 'none' });
    const [first] = await nodesOf(lab);
    allAnswered(
      await askUntil(lab, first?.name ?? '', (given) => given.length === 4),
      `on ${first?.name}, which knows better`,
    );
  },
  async solve(lab) {
    await reconnect(lab);
    await scale(lab, name, 3);
    const pods = await readyPods(lab, `app=${name}`, 3);
    await note(lab, name, pods.map(ipOf).join());
    await known(lab, await lastNode(lab), pods.map(ipOf));
    await cutOff(lab, await lastNode(lab));
    await fewer(lab);
  },
  async reset(lab) {
    await reconnect(lab);
    await scale(lab, name, 3);
    const pods = await readyPods(lab, `app=${name}`, 3);
    await note(lab, name, pods.map(ipOf).join());
    await known(lab, await lastNode(lab), pods.map(ipOf));
  },
  leave: reconnect,
  alone: true,
  mistakes: [
    {
      id: 'wrong-node',
      async make(lab) {
        const [, other] = await nodesOf(lab);
        await cutOff(lab, other?.name ?? '');
      },
    },
    { id: 'nothing-changed', make: async (lab) => cutOff(lab, await lastNode(lab)) },
    {
      id: 'too-early',
      async make(lab) {
        await fewer(lab);
        const node = await lastNode(lab);
        await known(lab, node, (await podsWith(lab, `app=${name}`)).map(ipOf));
        await cutOff(lab, node);
      },
    },
  ],
  async prediction(lab) {
    const answers = await askUntil(
      lab,
      await lastNode(lab),
      (given) => given.some(isFailure) && !given.every(isFailure),
    );
    const failures = answers.filter(isFailure).length;
    return failures === answers.length ? 1 : failures > 0 ? 2 : 3;
  },
};

async function lastNode(lab: Lab): Promise<string> {
  return (await nodesOf(lab)).at(-1)?.name ?? '';
}

/** Requests from a node's shell, one by one, until enough was seen; ten at most, since one that fails takes seconds. */
async function askUntil(lab: Lab, node: string, enough: (given: Answer[]) => boolean): Promise<Answer[]> {
  const url = `http://${await clusterIpOf(lab, name)}`;
  const answers: Answer[] = [];
  while (answers.length < 10 && !enough(answers)) answers.push(...(await askFromNode(lab, node, url)));
  return answers;
}

function isFailure({ by }: Answer): boolean {
  return by === undefined;
}

/** One pod is left of three. */
async function fewer(lab: Lab): Promise<void> {
  await scale(lab, name, 1);
  await readyPods(lab, `app=${name}`, 1);
}

/** Waits until a node's rules have just these of the pods' addresses. */
async function known(lab: Lab, node: string, addresses: readonly string[]): Promise<void> {
  const all = new Set([...addresses, ...(await noted(lab, name)).split(',')].filter((each) => each !== ''));
  const wanted = [...addresses].sort().join();
  const look = async (): Promise<Look<true>> => {
    const there = (await addressesInRules(lab, node, [...all])).sort();
    return there.join() === wanted ? { found: true } : { yet: there.join(', ') || 'none' };
  };
  await until(lab, look, { expected: `rules on ${node} with ${wanted}`, timeoutMs: 25_000 });
}

async function foreseen(lab: Lab, node: string): Promise<void> {
  const cut = await nodesCutOff(lab);
  demand(cut.includes(node), {
    expected: `${node} cut off from the API server`,
    observed: cut.length > 0 ? `${cut.join(', ')} cut off` : 'every node reaches it',
    mistake: cut.length > 0 ? 'wrong-node' : undefined,
  });
  const pods = await podsWith(lab, `app=${name}`);
  demand(pods.length === 1, {
    expected: 'one pod left of three',
    observed: `${pods.length} pods`,
    mistake: pods.length === 3 ? 'nothing-changed' : undefined,
  });
  const before = (await noted(lab, name)).split(',');
  const stale = await addressesInRules(lab, node, before);
  demand(stale.length > 1, {
    expected: `rules on ${node} with the addresses of before`,
    observed: `rules with ${stale.join(', ')} alone`,
    mistake: 'too-early',
  });
}
