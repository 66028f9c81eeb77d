import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { rotationBreak } from '../statistics.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { nameOf } from '../steps/pods.ts';
import { whileAsked } from '../steps/proxy-mode.ts';
import {
  type Answer,
  allAnswered,
  answersOf,
  askFromPod,
  byOnePod,
  describeAnswers,
} from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';
import { type Look, until } from '../steps/until.ts';
import { killServer, nodeOfClient, page, servedPages } from './pages.ts';

export const userspace: Check = {
  claims: ['P-02'],
  title:
    'in userspace mode each Service has a port on the node; pods take turns, and a dead one is passed over',
  look: 'workshop proxy status; on the node: ss -ltn, and the rules that lead to those ports',
  timeoutMs: 60_000,
  alone: true,
  async run(lab) {
    const [dead] = await servedPages(lab);
    demand(dead, { expected: `a pod with app=${page}`, observed: 'none' });
    const node = await nodeOfClient(lab);
    const address = await clusterIpOf(lab, page);
    const ask = (times: number) => askFromPod(lab, 'debug', `http://${address}`, { times });
    await whileAsked(lab, node, 'userspace', async ({ mode, why }) => {
      expect(mode, `the mode that ${node} runs (${why ?? 'as asked'})`).to.equal('userspace');
      const port = await proxyPort(lab, node, address);
      const inTurn = await soon(lab, () => ask(30), takesTurns);
      allAnswered(inTurn, 'while all pods are well');
      expect(takesTurns(inTurn), `pods in turn (${describeAnswers(inTurn)})`).to.equal(true);

      await killServer(lab, dead);
      const retried = await ask(30);
      allAnswered(retried, `while the server in ${nameOf(dead)} is dead`);
      const names = new Set(answersOf(retried));
      expect(names.has(`${nameOf(dead)}:8080`), 'an answer of the dead pod').to.equal(false);
      expect(names.size, 'pods that answer in its place').to.equal(2);

      await setAffinity(lab);
      const kept = await soon(lab, () => ask(12), byOnePod);
      expect(byOnePod(kept), `one pod for one client (${describeAnswers(kept)})`).to.equal(true);
      lab.seen(
        `port ${port} on ${node}; in turn; ${retried.length} requests with a dead pod, none failed; affinity kept`,
      );
    });
  },
};

function takesTurns(answers: readonly Answer[]): boolean {
  const names = answersOf(answers);
  return names.length === answers.length && rotationBreak(names, 3) === undefined;
}

/** The port of the node to which its rules redirect what goes to the Service. Throws unless something listens there. */
async function proxyPort(lab: Lab, node: string, address: string): Promise<string> {
  const port = await until(
    lab,
    async (): Promise<Look<string>> => {
      const { stdout } = await lab.onNode(node, ['sh', '-c', rules, 'sh', address]);
      const [, inMap, inRule] = leadsToPort.exec(stdout) ?? [];
      const found = inMap ?? inRule;
      return found === undefined ? { yet: stdout.trim() || 'no rule' } : { found };
    },
    { expected: `a rule on ${node} that leads ${address}:80 to a port of the node`, timeoutMs: 5000 },
  );
  const { stdout } = await lab.onNode(node, ['sh', '-c', 'ss -ltn || netstat -ltn']);
  expect(stdout.includes(`:${port} `), `something listens on port ${port} of ${node}`).to.equal(true);
  return port;
}

/** A port by itself: other modes name there the endpoints, or the chain, that come next. */
const leadsToPort = /\. tcp \. 80 : (\d+)\s*(?:[,}]|$)|--to-(?:ports |destination \S+:)(\d+)/m;

const rules = '{ nft list ruleset; iptables-save; } 2>/dev/null | grep -F "$1 " | head -5';

async function setAffinity({ client, namespace, signal }: Lab): Promise<void> {
  const patch = { spec: { sessionAffinity: 'ClientIP' } };
  await client.patch(resources.services, { namespace, name: page }, patch, { type: 'merge', signal });
}
