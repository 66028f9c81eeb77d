import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { addressAt, parseCidr } from '../../lib/ip.ts';
import { ApiError } from '../../lib/kube/api-error.ts';
import { resources } from '../../lib/kube/resources.ts';
import { CheckFailure, demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { remove, type Service } from '../steps/objects.ts';
import { endpointsAre, podsWith } from '../steps/pods.ts';
import { allAnswered, askFromPod, describeAnswers } from '../steps/requests.ts';
import { soon } from '../steps/soon.ts';

/** The address of the documents' JSON, outside of this cluster's range. */
const outside = '10.0.171.239';

export const chosenAddress: Check = {
  claims: ['P-06'],
  title: 'a chosen cluster IP is given when it is free and in the range; otherwise the answer is 422',
  look: 'kubectl get services --all-namespaces, and the service CIDR in settings.yaml',
  async run(lab) {
    const address = addressChosenFor(lab);
    await remove(lab, resources.services, 'chosen');
    const refusal = await refused(lab, 'chosen', address);
    demand(refusal === undefined, {
      expected: `the Service gets the chosen address ${address}`,
      observed: refusal ?? '',
    });
    await endpointsAre(lab, 'chosen', await podsWith(lab, 'app=webserver'));
    const answers = await soon(lab, () => askFromPod(lab, 'debug', `http://${address}:8080`, { times: 12 }));
    allAnswered(answers, `at ${address}`);
    const why = await refused(lab, 'outside', outside);
    expect(why, `what the server says to ${outside}`).to.match(/^422: .*spec\.clusterIPs?: .*range/s);
    const taken = await refused(lab, 'second', address);
    expect(taken, `what the server says to ${address} once more`).to.match(/^422: .*already allocated/s);
    lab.seen(`${address}: ${describeAnswers(answers)}; ${outside}: 422; ${address} once more: 422`);
  },
};

/** Low addresses are kept for those who choose (KEP-3070); the namespace's name decides, so that runs side by side differ. */
export function addressChosenFor({ cluster, namespace }: Pick<Lab, 'cluster' | 'namespace'>): string {
  const number = createHash('sha256').update(namespace).digest().readUInt16BE() % 180;
  return addressAt(parseCidr(cluster.serviceCidr), 64 + number);
}

/** Asks for a Service at this address; says how the server refuses, undefined when it does not. */
async function refused(lab: Lab, name: string, clusterIP: string): Promise<string | undefined> {
  const service: Service = {
    metadata: { name, namespace: lab.namespace },
    spec: { clusterIP, selector: { app: 'webserver' }, ports: [{ port: 8080, targetPort: 80 }] },
  };
  try {
    const { spec } = await lab.client.create(resources.services, service, { signal: lab.signal });
    if (spec?.clusterIP === clusterIP) return undefined;
    throw new CheckFailure({ expected: `the cluster IP ${clusterIP}`, observed: `${spec?.clusterIP}` });
  } catch (error) {
    if (error instanceof ApiError) return `${error.code}: ${error.message}`;
    throw error;
  }
}
