import { expect } from 'chai';
import type { Check } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { podsWith } from '../steps/pods.ts';
import { allAnswered, askFromPod, describeAnswers } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';
import { podsThatAnswered } from './pods-answered.ts';

const requests = 60;

export const backendService: Check = {
  claims: ['Z-03'],
  title: 'backend-service has a DNS entry and spreads over the two pods that have both of its labels',
  look: "kubectl get pods --show-labels against the Service's selector; nslookup backend-service in debug",
  async run(lab) {
    const address = await clusterIpOf(lab, 'backend-service');
    const { stdout } = await lab.inPod('debug', [
      'nslookup',
      `backend-service.${lab.namespace}.svc.${lab.cluster.domain}`,
    ]);
    expect(stdout.split(/\s+/), 'the addresses that the DNS gives').to.include(address);
    const url = 'http://backend-service';
    const answers = await soon(lab, () => askFromPod(lab, 'debug', url, { times: requests }));
    allAnswered(answers);
    const names = (await podsWith(lab, 'tier=backend,app=myapp')).map((pod) => pod.metadata?.name);
    expect(podsThatAnswered(answers), `the pods that answered ${requests} requests`).to.deep.equal(names);
    lab.seen(`backend-service is ${address}; ${describeAnswers(answers)}`);
  },
};
