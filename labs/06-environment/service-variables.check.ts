import { expect } from 'chai';
import type { Check, Lab } from '../lab.ts';
import { clusterIpOf } from '../steps/objects.ts';
import { variablesIn } from './variables.ts';

export const serviceVariables: Check = {
  claims: ['R-07'],
  title: 'printenv shows the address and ports of kubernetes and of the Service itself',
  look: 'printenv | grep SERVICE in the pod debug, beside kubectl get services',
  async run(lab) {
    const { found, expected } = await shownByPrintenv(lab, 'debug');
    lab.seen(found.join(' '));
    expect(found, 'the variables that printenv shows').to.deep.equal(expected);
  },
};

/** What the document's `printenv | grep SERVICE` shows in a pod, and what it should show. */
export async function shownByPrintenv(
  lab: Lab,
  pod: string,
): Promise<{ found: string[]; expected: string[] }> {
  const nginx = await clusterIpOf(lab, 'my-nginx-svc');
  const kubernetes = await clusterIpOf(lab, 'kubernetes', 'default');
  const expected = [
    `KUBERNETES_SERVICE_HOST=${kubernetes}`,
    'KUBERNETES_SERVICE_PORT=443',
    'KUBERNETES_SERVICE_PORT_HTTPS=443',
    `MY_NGINX_SVC_SERVICE_HOST=${nginx}`,
    'MY_NGINX_SVC_SERVICE_PORT=80',
  ];
  return { found: await variablesIn(lab, pod, /^(KUBERNETES|MY_NGINX_SVC)_SERVICE_/), expected };
}
