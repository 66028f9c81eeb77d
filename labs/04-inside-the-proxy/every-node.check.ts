import { expect } from 'chai';
import type { Check } from '../lab.ts';
import { clusterIpOf, nodesOf } from '../steps/objects.ts';
import { nameOf, podsWith } from '../steps/pods.ts';
import { proxyIsHealthy } from '../steps/proxy.ts';
import { allAnswered, answersOf, askFromNode, askFromPod, describeAnswers } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

export const everyNode: Check = {
  claims: ['S-05'],
  title: 'every node runs the proxy: the cluster IP answers from a pod and from the shell of each node',
  look: 'on each node: the health of its proxy (port 10256), its rules, and wget of the cluster IP',
  async run(lab) {
    const url = `http://${await clusterIpOf(lab, 'hostname-service-clusterip')}:8080`;
    const names = (await podsWith(lab, 'app=webserver')).map(nameOf);
    const fromPod = await soon(lab, () => askFromPod(lab, 'debug', url, { times: 12 }));
    allAnswered(fromPod, 'in a pod');
    const seen = [`pod: ${describeAnswers(fromPod)}`];
    for (const { name } of await nodesOf(lab)) {
      expect(await proxyIsHealthy(lab, name), `the proxy of ${name} is healthy`).to.equal(true);
      const answers = await soon(lab, () => askFromNode(lab, name, url, { times: 12 }));
      allAnswered(answers, `on ${name}`);
      expect(names, `the pods of the Service, asked from ${name}`).to.include.members(answersOf(answers));
      seen.push(`${name}: ${new Set(answersOf(answers)).size} pods`);
    }
    lab.seen(seen.join('; '));
  },
};
