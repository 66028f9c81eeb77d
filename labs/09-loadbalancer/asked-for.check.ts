import { expect } from 'chai';
import { resources } from '../../lib/kube/resources.ts';
import { demand } from '../check-failure.ts';
import type { Check, Lab } from '../lab.ts';
import { getService, remove, type Service } from '../steps/objects.ts';
import { type Look, until } from '../steps/until.ts';
import { externalIpOf } from './pending.check.ts';

export const askedFor: Check = {
  claims: ['R-09'],
  title: 'the address appears after the Service; loadBalancerIP is honoured by a provider, else ignored',
  look: 'kubectl get service --watch, and the events in kubectl describe service',
  alone: true,
  async run(lab) {
    const first = await create(lab, 'first', {});
    demand(addressOf(first) === undefined, {
      expected: 'no address yet in what creating the Service returns',
      observed: `${addressOf(first)}`,
    });
    const given = await assigned(lab, 'first');
    await create(lab, 'second', {});
    const wish = await assigned(lab, 'second');
    await Promise.all(['first', 'second'].map((name) => remove(lab, resources.services, name)));
    await create(lab, 'wishing', { loadBalancerIP: wish });
    expect(await assigned(lab, 'wishing'), `the address where ${wish} was asked for`).to.equal(wish);

    const ignored = await create(lab, 'ignored', {
      loadBalancerClass: 'example.com/nobody',
      loadBalancerIP: '78.11.24.19',
    });
    expect(ignored.spec?.loadBalancerIP, 'the field is kept').to.equal('78.11.24.19');
    expect(await externalIpOf(lab, 'ignored'), 'EXTERNAL-IP without a provider').to.equal('<pending>');
    lab.seen(`first none, then ${given}; ${wish} asked for and given; without a provider <pending>`);
  },
};

function create(lab: Lab, name: string, spec: object): Promise<Service> {
  const service: Service = {
    metadata: { name, namespace: lab.namespace },
    spec: { type: 'LoadBalancer', selector: { app: 'nginx' }, ports: [{ port: 80 }], ...spec },
  };
  return lab.client.create(resources.services, service, { signal: lab.signal });
}

/** Waits for the address that a provider gives. */
export function assigned(lab: Lab, name: string): Promise<string> {
  return until(
    lab,
    async (): Promise<Look<string>> => {
      const address = addressOf(await getService(lab, name));
      return address === undefined ? { yet: 'no address' } : { found: address };
    },
    { expected: `an address in status.loadBalancer.ingress of ${name}`, timeoutMs: 10_000, intervalMs: 30 },
  );
}

function addressOf({ status }: Service): string | undefined {
  return status?.loadBalancer?.ingress?.[0]?.ip;
}
