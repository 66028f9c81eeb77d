import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { echoPods, echoService } from '../steps/echo.ts';
import { ipOf, type Pod, readyPods } from '../steps/pods.ts';
import { askFromPod } from '../steps/requests.ts';

export const ownClient: Check = {
  claims: ['L-11'],
  title: "each client pod has an address of its own, and the backend sees that, not the node's",
  look: 'ip address in debug and debug2; the rules of postrouting on the nodes',
  async run(lab) {
    await echoPods(lab, 'echo', 1);
    const { spec } = await echoService(lab, 'echo');
    await readyPods(lab, 'app=echo', 1);
    const seen: string[] = [];
    for (const client of ['debug', 'debug2']) {
      const own = await addressOf(lab, client);
      const [answer] = await askFromPod(lab, client, `http://${spec?.clusterIP}/clientip`);
      const told = answer?.text.trim().replace(/:\d+$/, '');
      expect(told, `the address that the backend sees when ${client} asks`).to.equal(own);
      seen.push(`${client} ${own}`);
    }
    const [first, second] = seen.map((line) => line.split(' ')[1]);
    demand(first !== second, { expected: 'two clients with different addresses', observed: seen.join(', ') });
    lab.seen(`the backend sees ${seen.join(', ')}`);
  },
};

/** The address that `ip address` shows in the pod, as the document looks it up. */
async function addressOf(lab: Lab, name: string): Promise<string> {
  const { stdout } = await lab.inPod(name, ['ip', 'address', 'show', 'dev', 'eth0']);
  const [, address] = /inet ([\d.]+)\//.exec(stdout) ?? [];
  const ref = { namespace: lab.namespace, name };
  const pod = await lab.client.get<Pod>(resources.pods, ref, { signal: lab.signal });
  expect(address, `the address of eth0 in ${name}`).to.equal(ipOf(pod));
  return address ?? '';
}
