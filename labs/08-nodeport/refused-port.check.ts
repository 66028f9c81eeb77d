import { expect } from 'chai';
import { ApiError } from '../../lib/kube/api-error.ts';
import { resources } from '../../lib/kube/resources.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { getService, type Service } from '../steps/objects.ts';

export const refusedPort: Check = {
  claims: ['R-08'],
  title: 'a chosen node port that is taken or out of range makes the request fail, with the reason',
  look: 'kubectl get services --all-namespaces, PORT(S); what kubectl says when it is refused',
  async run(lab) {
    const [from, to] = lab.cluster.nodePorts;
    const taken = (await getService(lab, 'hostname-service-nodeport')).spec?.ports?.[0]?.nodePort;
    demand(taken, { expected: 'hostname-service-nodeport to hold a node port', observed: 'none' });
    const said = await refusal(lab, taken);
    expect(said, `what the server says to ${taken}, which is taken`).to.match(
      /^422: .*spec\.ports\[0\]\.nodePort: .*already allocated/s,
    );
    for (const port of [from - 1, to + 1, 80]) {
      const words = await refusal(lab, port);
      expect(words, `what the server says to ${port}, out of the range`).to.match(
        /^422: .*spec\.ports\[0\]\.nodePort: .*not in the valid range/s,
      );
      expect(words, `the range that the server names`).to.include(`${from}-${to}`);
    }
    lab.seen(`${taken}: 422, already allocated; ${from - 1}, ${to + 1}, 80: 422, range ${from}-${to}`);
  },
};

/**
 * Asks for a Service with this node port. Returns the code and the words of the answer. It is no dry run: that does not look at
 * the range. What is made after all is taken back.
 */
export async function refusal(lab: Lab, nodePort: number): Promise<string> {
  const service: Service = {
    metadata: { name: 'wished', namespace: lab.namespace },
    spec: { type: 'NodePort', selector: { app: 'webserver' }, ports: [{ port: 8080, nodePort }] },
  };
  try {
    const given = await lab.client.create(resources.services, service, { signal: lab.signal });
    await lab.client.delete(resources.services, { namespace: lab.namespace, name: 'wished' });
    return `201: node port ${given.spec?.ports?.[0]?.nodePort}`;
  } catch (error) {
    if (error instanceof ApiError) return `${error.code}: ${error.message}`;
    throw error;
  }
}
