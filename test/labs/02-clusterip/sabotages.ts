import { addressChosenFor } from '../../../labs/02-clusterip/chosen-address.check.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { KubeObject } from '../../../lib/kube/types.ts';
import { type Sabotage, stopped, withTable } from '../breaking.ts';

export const clusterIpSabotages: readonly Sabotage[] = [
  {
    claim: 'R-04',
    name: 'the Service had another targetPort before',
    async break({ client, namespace }) {
      const service = {
        metadata: { namespace, name: 'short-service' },
        spec: { selector: { app: 'webserver' }, ports: [{ port: 80, targetPort: 8888 }] },
      };
      await client.create(resources.services, service as KubeObject);
      return undefined;
    },
    expected: /targetPort of a Service that names only port 80: 80/,
    observed: /8888/,
  },
  {
    claim: 'P-06',
    name: 'somebody else has chosen the same address',
    async break(lab) {
      const service = {
        metadata: { namespace: lab.namespace, name: 'first' },
        spec: { clusterIP: addressChosenFor(lab), ports: [{ port: 1 }] },
      };
      await lab.client.create(resources.services, service as KubeObject);
      return undefined;
    },
    expected: /the Service gets the chosen address 172\.17\.0\./,
    observed: /422: .*already allocated/,
  },
  {
    claim: 'S-02',
    name: 'the nodes drop what goes to port 9376',
    alone: true,
    break: (_lab, cluster) =>
      withTable(
        cluster,
        'chain c { type filter hook forward priority 0; policy accept; tcp dport 9376 drop; }',
      ),
    expected: /the pods that answer: \[ 'one-/,
    observed: /the pods that answer: .*no answer/,
  },
  {
    claim: 'S-03',
    name: 'nobody evaluates selectors',
    alone: true,
    break: (_lab, cluster) => stopped(cluster, ['controllers']),
    expected: /3 ready pods with app=webserver/,
    observed: /hostname-deployment-\S+ ready, hostname-deployment-\S+ ready, /,
  },
];
