import type { Cluster } from '../../../lib/cluster/cluster.ts';
import { outside } from '../../../lib/cluster/node-command.ts';
import { changed, type Restore, type Sabotage } from '../breaking.ts';

export const nodePortSabotages: readonly Sabotage[] = [
  {
    claim: 'R-08',
    name: 'the Service that held the port has given it back',
    break: (lab) => changed(lab, 'hostname-service-nodeport', { type: 'ClusterIP' }),
    expected: /hostname-service-nodeport to hold a node port/,
    observed: /none/,
  },
  {
    claim: 'S-11',
    name: 'the machine outside has a route to the cluster IPs',
    alone: true,
    break: (_lab, cluster) => routed(cluster, '172.17.0.0/18'),
    expected: /http:\/\/172\.17\.\S+:8080 for the machine outside: shut/,
    observed: /open/,
  },
];

/** Leads addresses, seen from outside, to the first node. */
async function routed(cluster: Cluster, range: string): Promise<Restore> {
  const [first] = cluster.nodes;
  await cluster.runOnNode(outside, ['ip', 'route', 'replace', range, 'via', first?.address ?? '']);
  return async () => void (await cluster.runOnNode(outside, ['ip', 'route', 'del', range]));
}
