import { resources } from '../../../../lib/kube/resources.ts';
import { demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyService, find } from '../../../steps/ensure.ts';
import { note, noted } from '../../../steps/notes.ts';
import { clusterIpOf, nodesOf, remove, type Service } from '../../../steps/objects.ts';
import { endpointsAre, readyPods } from '../../../steps/pods.ts';
import { proxyProcess, restartProxy } from '../../../steps/proxy.ts';
import { allAnswered, askFromNode, firstRefusal } from '../../../steps/requests.ts';
import { soon } from '../../../steps/soon.ts';
import { freezeProxy, frozenNodes, thawProxies } from '../../freeze.ts';
import { applyWeb } from '../../web.ts';

export const proxyFrozen: Step = {
  id: '30-proxy-frozen',
  claims: ['S-05'],
  look: 'the State of the proxy in /proc/PID/status on each node; kubectl get services',
  links: [
    'document 003, "iptables proxy mode": the proxy watches the API',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/',
  ],
  async setUp(lab) {
    await applyWeb(lab, 'web');
    await endpointsAre(lab, 'web', await readyPods(lab, 'app=web', 3));
    const [, last] = await firstAndLast(lab);
    await note(lab, 'proxy', await proxyProcess(lab, last));
    await soon(lab, () => ask(lab, last, 'web'));
  },
  async check(lab) {
    const [first, last] = await firstAndLast(lab);
    await foreseen(lab, last);
    allAnswered(await ask(lab, last, 'web'), `of web on ${last}`);
    allAnswered(await soon(lab, () => ask(lab, first, 'late')), `of late on ${first}`);
  },
  async solve(lab) {
    const [, last] = await firstAndLast(lab);
    await undo(lab);
    await freezeProxy(lab, last);
    await makeLate(lab);
  },
  reset: undo,
  leave: thawProxies,
  alone: true,
  mistakes: [
    {
      id: 'wrong-node',
      async make(lab) {
        const [, other] = await nodesOf(lab);
        await freezeProxy(lab, other?.name ?? '');
        await makeLate(lab);
      },
    },
    {
      id: 'killed',
      async make(lab) {
        const [, last] = await firstAndLast(lab);
        await restartProxy(lab, last, await proxyProcess(lab, last));
        await makeLate(lab);
      },
    },
    {
      id: 'too-early',
      async make(lab) {
        const [, last] = await firstAndLast(lab);
        await makeLate(lab);
        await soon(lab, () => ask(lab, last, 'late'));
        await freezeProxy(lab, last);
      },
    },
  ],
  async prediction(lab) {
    const [, last] = await firstAndLast(lab);
    if (firstRefusal(await ask(lab, last, 'web')) !== undefined) return 1;
    return firstRefusal(await ask(lab, last, 'late')) === undefined ? 3 : 2;
  },
};

async function firstAndLast(lab: Lab): Promise<[string, string]> {
  const names = (await nodesOf(lab)).map(({ name }) => name);
  return [names[0] ?? '', names.at(-1) ?? ''];
}

async function ask(lab: Lab, node: string, service: string) {
  return askFromNode(lab, node, `http://${await clusterIpOf(lab, service)}`);
}

async function makeLate(lab: Lab): Promise<void> {
  await applyService(lab, 'late', { selector: { app: 'web' }, ports: [{ port: 80 }] });
}

async function undo(lab: Lab): Promise<void> {
  await thawProxies(lab);
  await remove(lab, resources.services, 'late');
}

async function foreseen(lab: Lab, node: string): Promise<void> {
  const frozen = await frozenNodes(lab);
  const before = await noted(lab, 'proxy');
  const restarted = before !== '' && (await proxyProcess(lab, node)) !== before;
  const others = frozen.filter((name) => name !== node);
  demand(frozen.includes(node), {
    expected: `the proxy of ${node} frozen`,
    observed:
      others.length > 0 ? `that of ${others.join(', ')}` : restarted ? 'one started anew' : 'one that runs',
    mistake: others.length > 0 ? 'wrong-node' : restarted ? 'killed' : undefined,
  });
  const late = await find<Service>(lab, resources.services, 'late');
  demand(late, { expected: 'a Service late, made after the freezing', observed: 'none of that name' });
  demand(firstRefusal(await ask(lab, node, 'late')) !== undefined, {
    expected: `no answer of late on ${node}, whose proxy has never heard of it`,
    observed: 'an answer',
    mistake: 'too-early',
  });
}
