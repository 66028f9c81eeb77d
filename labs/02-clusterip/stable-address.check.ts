import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import type { Check, Lab } from '../lab.ts';
import { applyManifest, clusterIpOf, nodesOf } from '../steps/objects.ts';
import { endpointsAre, readyPods } from '../steps/pods.ts';
import { proxyProcess, restartProxy } from '../steps/proxy.ts';
import { allAnswered, askFromPod, describeAnswers } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

const service = 'hostname-service-clusterip';

export const stableAddress: Check = {
  claims: ['Z-02'],
  title: 'the cluster IP stays through re-apply, scaling to 0 and back, and a restart of the proxy',
  look: 'kubectl get service before and after each change; on a node: its processes and its rules',
  timeoutMs: 45_000,
  alone: true,
  async run(lab) {
    const address = await clusterIpOf(lab, service);
    const same = async (after: string) =>
      expect(await clusterIpOf(lab, service), `the cluster IP after ${after}`).to.equal(address);

    await applyManifest(lab, service);
    await same('applying the manifest again');

    await scale(lab, 0);
    await endpointsAre(lab, service, await readyPods(lab, 'app=webserver', 0));
    await same('scaling to 0');

    await scale(lab, 3);
    await endpointsAre(lab, service, await readyPods(lab, 'app=webserver', 3));
    await same('scaling back to 3');

    const [node] = (await nodesOf(lab)).slice(-1);
    const before = await proxyProcess(lab, node?.name ?? '');
    const after = await restartProxy(lab, node?.name ?? '', before);
    await same('a restart of the proxy');

    const answers = await soon(lab, () => askFromPod(lab, 'debug', `http://${address}:8080`, { times: 12 }));
    allAnswered(answers, 'at the same address');
    lab.seen(
      `${address} throughout; proxy of ${node?.name} ${before} became ${after}; ${describeAnswers(answers)}`,
    );
  },
};

async function scale(lab: Lab, replicas: number): Promise<void> {
  const ref = { namespace: lab.namespace, name: 'hostname-deployment' };
  const patch = { spec: { replicas } };
  await lab.client.patch(resources.deployments, ref, patch, { type: 'merge', signal: lab.signal });
}
