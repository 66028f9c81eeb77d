import { expect } from 'chai';
import type { Check, Lab } from '../lab.ts';
import { nameOf, podsWith } from '../steps/pods.ts';
import { allAnswered, askFromNode, describeAnswers } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';
import { leadNowhere, leadToNode, outside } from './routes.ts';

/** Addresses of the lab's own, beside the documents' 80.11.12.10, so that a learner's step is not in the way. */
export const externalAddresses = { clusterIp: '80.11.12.110', nodePort: '80.11.12.111' };

export const externalIps: Check = {
  claims: ['R-10'],
  title: 'traffic to an external IP on the service port reaches the pods, with ClusterIP and with NodePort',
  look: 'externalIPs in kubectl get service --output yaml; ip route on the machine outside; the rules on a node',
  async run(lab) {
    const seen: string[] = [];
    for (const [type, address] of Object.entries(externalAddresses)) {
      await leadToNode(lab, address);
      try {
        seen.push(`${type} ${address}: ${await answersAt(lab, address)}`);
      } finally {
        await leadNowhere(lab, address);
      }
    }
    lab.seen(seen.join('; '));
  },
};

async function answersAt(lab: Lab, address: string): Promise<string> {
  const url = `http://${address}:8080`;
  const answers = await soon(lab, () => askFromNode(lab, outside, url, { times: 12 }));
  allAnswered(answers, `at ${url} from outside`);
  const names = (await podsWith(lab, 'app=webserver')).map(nameOf);
  expect(names, 'the pods of the Service').to.include.members(answers.map(({ by }) => by ?? ''));
  return describeAnswers(answers);
}
