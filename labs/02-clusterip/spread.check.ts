import { expect } from 'chai';
import type { Check } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { nameOf, podsWith } from '../steps/pods.ts';
import { allAnswered, askFromPod, describeAnswers } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

const requests = 200;

export const spread: Check = {
  claims: ['L-05'],
  title: 'requests to the cluster IP reach every pod of the Service, and no other',
  look: "the Service's selector and its EndpointSlices; wget from the pod debug",
  async run(lab) {
    const address = await clusterIpOf(lab, 'hostname-service-clusterip');
    const url = `http://${address}:8080`;
    await soon(lab, () => askFromPod(lab, 'debug', url));
    const answers = await askFromPod(lab, 'debug', url, { times: requests });
    lab.seen(describeAnswers(answers));
    allAnswered(answers);
    const pods = await podsWith(lab, 'app=webserver');
    const answered = [...new Set(answers.map(({ by }) => by))].sort();
    expect(answered, `the pods that answered ${requests} requests`).to.deep.equal(pods.map(nameOf));
  },
};
