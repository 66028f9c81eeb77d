import { isAlreadyExists, isNotFound } from '../../../../lib/kube/api-error.ts';
import { apply } from '../../../../lib/kube/apply/apply.ts';
import { resources } from '../../../../lib/kube/resources.ts';
import type { V1ConfigMap, Wire } from '../../../../lib/kube/types.ts';
import { CheckFailure, demand } from '../../../check-failure.ts';
import type { Lab } from '../../../lab.ts';
import type { Step } from '../../../step.ts';
import { applyManifest, clusterIpOf } from '../../../steps/objects.ts';
import { startClient } from '../../../steps/pods.ts';
import { backend } from '../../backend.ts';
import { connects } from '../../names.check.ts';

const name = 'client';

export const twoNamespaces: Step = {
  id: '10-two-namespaces',
  claims: ['S-08'],
  look: 'cat /etc/resolv.conf in both pods debug; wget by the name that the ConfigMap has',
  links: [
    'document 000, "DNS": my-service.my-ns',
    'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services',
  ],
  async setUp(lab) {
    await lab.anotherNamespace('elsewhere').catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
    await startClient(lab, 'debug', { namespace: elsewhere(lab) }).catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
    await backend(lab);
    await applyManifest(lab, 'my-service');
    await write(lab, '');
  },
  async check(lab) {
    const host = await hostIn(lab);
    foreseen(lab, host, await clusterIpOf(lab, 'my-service'));
    const address = await clusterIpOf(lab, 'my-service');
    for (const [who, namespace] of [
      [host, elsewhere(lab)],
      ['my-service', lab.namespace],
    ] as const) {
      const seen = await connects(lab, who, namespace);
      if (seen.answered && seen.address === address) continue;
      throw new CheckFailure({
        expected: `${who} to be ${address} and to answer, in a pod of ${namespace}`,
        observed: seen.text,
      });
    }
  },
  solve: (lab) => write(lab, `http://my-service.${lab.namespace}`),
  reset: (lab) => write(lab, ''),
  mistakes: [
    { id: 'bare-name', make: (lab) => write(lab, 'http://my-service') },
    { id: 'turned-round', make: (lab) => write(lab, `http://${lab.namespace}.my-service`) },
    {
      id: 'address',
      make: async (lab) => write(lab, `http://${await clusterIpOf(lab, 'my-service')}`),
    },
  ],
  async prediction(lab) {
    const { address } = await connects(lab, 'my-service', elsewhere(lab));
    return address === undefined ? 2 : 1;
  },
};

function elsewhere({ namespace }: Lab): string {
  return `${namespace}-elsewhere`;
}

/** The host in the URL that the ConfigMap gives to clients of the other namespace. */
async function hostIn(lab: Lab): Promise<string> {
  const ref = { namespace: elsewhere(lab), name };
  const map = await lab.client
    .get<Wire<V1ConfigMap>>(resources.configMaps, ref, { signal: lab.signal })
    .catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  const url = map?.data?.['url'] ?? '';
  const [, host] = /^http:\/\/([^/:]+)/.exec(url) ?? [];
  demand(host, { expected: `a URL in the ConfigMap ${name}, key url`, observed: url || 'an empty text' });
  return host;
}

function foreseen(lab: Lab, host: string, address: string): void {
  const observed = `the host ${host}`;
  demand(host !== 'my-service', {
    expected: 'a name that is known in every namespace',
    observed,
    mistake: 'bare-name',
  });
  demand(!host.startsWith(`${lab.namespace}.my-service`), {
    expected: 'the name of the Service before the name of its namespace',
    observed,
    mistake: 'turned-round',
  });
  demand(host !== address, { expected: 'a name', observed, mistake: 'address' });
}

async function write(lab: Lab, url: string): Promise<void> {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { url } };
  await apply(lab.client, map, { namespace: elsewhere(lab), signal: lab.signal });
}
