import { expect } from 'chai';
import type { Check } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { allAnswered, askFromPod } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';
import { portsThatAnswered } from './ports-answered.ts';

export const namedTargets: Check = {
  claims: ['S-04'],
  title: 'a target port given by its name is another number in each pod, and both pods answer',
  look: 'kubectl describe service shop, and the ports in kubectl get endpointslices --output yaml',
  async run(lab) {
    const address = await clusterIpOf(lab, 'shop');
    const answers = await soon(lab, () => askFromPod(lab, 'debug', `http://${address}`, { times: 60 }));
    allAnswered(answers);
    expect(portsThatAnswered(answers), 'the numbers behind the name http-web').to.deep.equal([9376, 9377]);
    lab.seen('http-web is 9376 in shop-v1 and 9377 in shop-v2; both answer');
  },
};
