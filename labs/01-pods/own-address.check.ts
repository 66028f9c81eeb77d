import { expect } from 'chai';
import type { Check } from '../lab.ts';
import { ipOf, nameOf, podsWith } from '../steps/pods.ts';
import { askFromPod, firstRefusal, shortName } from '../steps/requests.ts';

export const ownAddress: Check = {
  claims: ['L-01'],
  title: 'each of the three pods answers by its own name at its own address',
  look: 'kubectl get pods --output wide, then wget one address after the other from the pod debug',
  async run(lab) {
    const pods = await podsWith(lab, 'app=webserver');
    expect(pods, 'pods with the label app=webserver').to.have.lengthOf(3);
    expect(new Set(pods.map(ipOf)).size, 'different addresses among three pods').to.equal(3);
    const seen = await Promise.all(
      pods.map(async (pod) => {
        const [answer] = await askFromPod(lab, 'debug', `http://${ipOf(pod)}`);
        const said = answer?.by ?? firstRefusal(answer ? [answer] : []);
        expect(said, `who answers at ${ipOf(pod)}`).to.equal(nameOf(pod));
        return `${shortName(nameOf(pod))} at ${ipOf(pod)}`;
      }),
    );
    lab.seen(seen.join(', '));
  },
};
