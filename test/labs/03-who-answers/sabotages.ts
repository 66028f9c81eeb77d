import { resources } from '../../../lib/kube/resources.ts';
import { proxiesOf, type Sabotage, stopped } from '../breaking.ts';

export const whoAnswersSabotages: readonly Sabotage[] = [
  {
    claim: 'S-01',
    name: 'the Deployment ends all its pods before it starts new ones',
    async break({ client, namespace }) {
      const ref = { namespace, name: 'hostname-deployment' };
      const patch = { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } };
      await client.patch(resources.deployments, ref, patch, { type: 'merge' });
      return undefined;
    },
    expected: /an answer to every request while 3 backends became 3 others/,
    observed: /refused|unreachable|no answer/,
  },
  {
    claim: 'R-06',
    name: 'the proxy of one node no longer hears of changes',
    alone: true,
    break: (_lab, cluster) => stopped(cluster, proxiesOf(cluster).slice(-1)),
    expected: /rules on worker-node02 for 172\./,
    observed: /172\.17\./,
  },
];
