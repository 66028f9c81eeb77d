import { expect } from 'chai';
import type { Check } from '../lab.ts';
import { nameOf, podsWith } from '../steps/pods.ts';
import { allAnswered, askFromPod, describeAnswers } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

export const byName: Check = {
  claims: ['L-06'],
  title: "the Service's name works in place of its address",
  look: '/etc/resolv.conf in the pod debug, and the pods of the cluster DNS in kube-system',
  async run(lab) {
    const answers = await soon(lab, () =>
      askFromPod(lab, 'debug', 'http://hostname-service-clusterip:8080', { times: 12 }),
    );
    lab.seen(describeAnswers(answers));
    allAnswered(answers, 'to the name');
    const names = (await podsWith(lab, 'app=webserver')).map(nameOf);
    expect(names, 'the pods of the Service').to.include.members(answers.map(({ by }) => by ?? ''));
  },
};
