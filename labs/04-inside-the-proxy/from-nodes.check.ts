import { expect } from 'chai';
import type { Check } from '../lab.ts';
import { clusterIpOf, nodesOf } from '../steps/objects.ts';
import { type Answer, askFromNode, askFromPod } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

export const fromNodes: Check = {
  claims: ['R-03'],
  title: 'the cluster IP of my-nginx-svc answers in pods and on the nodes themselves',
  look: 'kubectl describe service my-nginx-svc; wget of its cluster IP in a pod and on a node',
  async run(lab) {
    const address = await clusterIpOf(lab, 'my-nginx-svc');
    const url = `http://${address}/`;
    const page = (answers: Answer[]) => isNginx(answers[0]?.text);
    const [inPod] = await soon(lab, () => askFromPod(lab, 'debug', url), page);
    expect(
      isNginx(inPod?.text),
      `${url} answers with nginx's page in a pod (${inPod?.text.trim()})`,
    ).to.equal(true);
    const nodes = await nodesOf(lab);
    for (const { name } of nodes) {
      const [onNode] = await soon(lab, () => askFromNode(lab, name, url), page);
      expect(
        isNginx(onNode?.text),
        `${url} answers with nginx's page on ${name} (${onNode?.text.trim()})`,
      ).to.equal(true);
    }
    lab.seen(`${address}:80 answers in a pod and on ${nodes.map(({ name }) => name).join(', ')}`);
  },
};

function isNginx(text: string | undefined): boolean {
  return /nginx/i.test(text ?? '') && /<html|<title/i.test(text ?? '');
}
