import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import type { Check, Lab } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { endpointsAre, nameOf, type Pod, podsWith, readyPods } from '../steps/pods.ts';
import { allAnswered, answersOf, askFromPod, askUntilTold } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';
import { type Look, until } from '../steps/until.ts';

const service = 'hostname-service-clusterip';

export const decoupled: Check = {
  claims: ['S-01'],
  title: 'a client keeps one name and one address while every backend is replaced, and no request fails',
  look: 'kubectl rollout status deployment hostname-deployment, its strategy, and the endpoints meanwhile',
  timeoutMs: 45_000,
  async run(lab) {
    const url = `http://${service}:8080`;
    const before = await podsWith(lab, 'app=webserver');
    const address = await clusterIpOf(lab, service);
    await soon(lab, () => askFromPod(lab, 'debug', url));
    const loop = askUntilTold(lab, 'debug', url);
    const after = await replaceAll(lab, before.map(nameOf)).finally(loop.enough);
    const meanwhile = await loop.answers;
    allAnswered(meanwhile, `while ${before.length} backends became ${after.length} others`);
    expect(await clusterIpOf(lab, service), 'the cluster IP afterwards').to.equal(address);
    const names = after.map(nameOf);
    const now = await askFromPod(lab, 'debug', url, { times: 12 });
    allAnswered(now, 'afterwards');
    expect(names, 'the new backends').to.include.members(answersOf(now));
    lab.seen(`${meanwhile.length} requests while all ${names.length} backends were replaced, none failed`);
  },
};

/** Does what `kubectl rollout restart` does; resolves when only new pods are left and are the Service's endpoints. */
async function replaceAll(lab: Lab, before: readonly string[]): Promise<Pod[]> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  const patch = { spec: { template: { metadata: { annotations } } } };
  const ref = { namespace: lab.namespace, name: 'hostname-deployment' };
  await lab.client.patch(resources.deployments, ref, patch, { type: 'merge', signal: lab.signal });
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const pods = (await podsWith(lab, 'app=webserver')).map(nameOf);
      const old = pods.filter((name) => before.includes(name));
      return old.length === 0 && pods.length === before.length
        ? { found: true }
        : { yet: `${old.length} old pods of ${pods.length}` };
    },
    { expected: 'new pods in place of all old ones', timeoutMs: 30_000 },
  );
  const after = await readyPods(lab, 'app=webserver', before.length);
  await endpointsAre(lab, service, after);
  return after;
}
