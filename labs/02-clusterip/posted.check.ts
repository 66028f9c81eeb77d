import { expect } from 'chai';
import { contains, parseCidr } from '../../lib/ip.ts';
import { resources } from '../../lib/kube/resources.ts';
import type { Check, Lab } from '../lab.ts';
import { echoPods } from '../steps/echo.ts';
import { remove, type Service } from '../steps/objects.ts';
import { nameOf, podsWith } from '../steps/pods.ts';
import { type Answer, askFromPod } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

export const posted: Check = {
  claims: ['S-02'],
  title: 'a Service that is POSTed gets a cluster IP, and sends port 80 on to 9376 of any pod with its label',
  look: 'kubectl describe service my-service: its selector, its TargetPort and its endpoints',
  async run(lab) {
    const wantedPods = podsOfMyApp(lab);
    await remove(lab, resources.services, 'my-service');
    const [manifest] = await lab.manifest('my-service');
    const metadata = { ...manifest?.metadata, namespace: lab.namespace };
    const { spec } = await lab.client.create<Service>(
      resources.services,
      { ...manifest, metadata },
      { signal: lab.signal },
    );
    const address = spec?.clusterIP ?? '';
    expect(contains(parseCidr(lab.cluster.serviceCidr), address), `the cluster IP ${address}`).to.equal(true);
    const pods = await wantedPods;
    expect(await answering(lab, `http://${address}/hostname`, pods), 'the pods that answer').to.deep.equal(
      pods,
    );
    lab.seen(`${address}:80 leads to 9376 of ${pods.join(', ')}`);
  },
};

/** Two pods of one Deployment and one of another: what they have in common is the label. */
async function podsOfMyApp(lab: Lab): Promise<string[]> {
  const [port, app] = [9376, 'MyApp'];
  await Promise.all([remove(lab, resources.deployments, 'one'), remove(lab, resources.deployments, 'other')]);
  await Promise.all([
    echoPods(lab, 'one', 2, { port, labels: { app, part: 'one' } }),
    echoPods(lab, 'other', 1, { port, labels: { app, part: 'other' } }),
  ]);
  return (await podsWith(lab, `app=${app}`)).map(nameOf);
}

/** Who answered, sorted; what came instead of an answer where none did. */
async function answering(lab: Lab, url: string, pods: readonly string[]): Promise<string[]> {
  const said = (answers: readonly Answer[]) => [...new Set(answers.map(({ text }) => text.trim()))].sort();
  const answers = await soon(
    lab,
    () => askFromPod(lab, 'debug', url, { times: 30 }),
    // A proxy that hears of the last endpoint only during a round gives a refusal and all pods in that one.
    (all) => said(all).join() === pods.join(),
  );
  return said(answers);
}
