import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import type { V1Endpoints, Wire } from '../../lib/kube/types.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { applyManifest } from '../steps/objects.ts';
import { endpointsAre, ipOf, nameOf, type Pod, podsWith, readyPods } from '../steps/pods.ts';
import { type Look, until } from '../steps/until.ts';

const service = 'hostname-service-clusterip';

export const selected: Check = {
  claims: ['S-03'],
  title: 'the endpoints follow the selector: a pod that loses the label leaves, one that gets it joins',
  look: 'kubectl get endpoints,endpointslices,pods --show-labels, after each change',
  timeoutMs: 45_000,
  async run(lab) {
    await applyManifest(lab, 'hostname-deployment');
    const [pod] = await readyPods(lab, 'app=webserver', 3);
    demand(pod, { expected: 'a pod with the label app=webserver', observed: 'none' });
    await follows(lab, 'at the start');
    await label(lab, pod, 'nobody');
    await follows(lab, 'without the pod that lost its label', pod);
    await label(lab, pod, 'webserver');
    await follows(lab, 'when it has its label again');
    lab.seen(`endpoints and slices followed ${nameOf(pod)} out and in again`);
  },
};

/** The Deployment keeps three with the label, so it starts a pod for the one that left, and ends one when it is back. */
async function follows(lab: Lab, when: string, without?: Pod): Promise<void> {
  const pods = await readyPods(lab, 'app=webserver', 3, { timeoutMs: 15_000 });
  if (without) expect(pods.map(nameOf), `pods with the label ${when}`).to.not.include(nameOf(without));
  await endpointsAre(lab, service, pods);
  const wanted = pods.map(ipOf).sort().join(', ');
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const current = (await endpointsObject(lab)).join(', ');
      return current === wanted ? { found: true } : { yet: current || 'none' };
    },
    { expected: `the Endpoints object ${service} to hold ${wanted} ${when}`, timeoutMs: 10_000 },
  );
}

async function endpointsObject(lab: Lab): Promise<string[]> {
  const ref = { namespace: lab.namespace, name: service };
  const { subsets } = await lab.client.get<Wire<V1Endpoints>>(resources.endpoints, ref, {
    signal: lab.signal,
  });
  return (subsets ?? []).flatMap(({ addresses }) => addresses?.map(({ ip }) => ip) ?? []).sort();
}

async function label(lab: Lab, pod: Pod, app: string): Promise<void> {
  const ref = { namespace: lab.namespace, name: nameOf(pod) };
  const before = await podsWith(lab, 'app=webserver');
  const patch = { metadata: { labels: { app } } };
  await lab.client.patch(resources.pods, ref, patch, { type: 'merge', signal: lab.signal });
  const changedTo = (pods: Pod[]) => pods.map(nameOf).join() !== before.map(nameOf).join();
  await until(
    lab,
    async (): Promise<Look<true>> => {
      const pods = await podsWith(lab, 'app=webserver');
      return changedTo(pods) ? { found: true } : { yet: pods.map(nameOf).join(', ') };
    },
    { expected: `other pods with app=webserver than before ${nameOf(pod)} got app=${app}` },
  );
}
