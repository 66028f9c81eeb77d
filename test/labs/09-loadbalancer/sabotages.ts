import { unclaimed } from '../../../labs/09-loadbalancer/pending.check.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { changed, type Sabotage, stopped } from '../breaking.ts';

export const loadBalancerSabotages: readonly Sabotage[] = [
  {
    claim: 'R-01',
    slow: true,
    name: 'the selector fits no pod',
    break: (lab) => changed(lab, 'my-nginx-svc', { selector: { app: 'ngnix' } }),
    expected: /my-nginx-svc to have the endpoints|the page at port 80 of my-nginx-svc/,
    observed: /the endpoints none|refused/,
  },
  {
    claim: 'R-02',
    name: 'somebody writes an address into the status',
    async break(lab) {
      const ref = { namespace: lab.namespace, name: unclaimed };
      const patch = { status: { loadBalancer: { ingress: [{ ip: '192.168.56.99' }] } } };
      await lab.client.patch(resources.services, ref, patch, { type: 'merge', subresource: 'status' });
      return undefined;
    },
    expected: /<pending>/,
    observed: /192\.168\.56\.99/,
  },
  {
    claim: 'R-09',
    name: 'the provider is away',
    alone: true,
    async break(_lab, cluster) {
      const names = (await cluster.components.status()).map(({ name }) => name);
      return stopped(
        cluster,
        names.filter((name) => name.startsWith('loadbalancer@')),
      );
    },
    expected: /an address in status\.loadBalancer\.ingress of first/,
    observed: /no address/,
  },
];
