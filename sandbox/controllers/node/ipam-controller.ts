import type { Cidr } from '../../../lib/ip.ts';
import { resources } from '../../../lib/kube/resources.ts';
import type { Cluster, Controller } from '../cluster.ts';
import type { Outcome } from '../work-queue.ts';
import { planPodCidrs } from './pod-cidrs.ts';

/** One look for all nodes: subnets must not be given twice. */
const everyNode = 'nodes';

/** Nodes that register at about the same time get their subnets in the order of their names. */
const gatherMs = 100;

/** Assigns `Node.spec.podCIDR` from the cluster's pod network. */
export function nodeIpamController(network: { cidr: Cidr; maskSize: number }): Controller {
  return (cluster: Cluster) => {
    const { client, stores } = cluster;
    const recorder = cluster.recorder('cidrAllocator');
    const queue = cluster.queue('node-ipam', reconcile, 1);
    stores.nodes.subscribe((_key, node) => {
      if (node && !node.spec?.podCIDR) queue.addAfter(everyNode, gatherMs);
    });

    async function reconcile(): Promise<Outcome> {
      const plan = planPodCidrs(stores.nodes.list(), network.cidr, network.maskSize);
      for (const { name, cidr } of plan.assign) {
        const patch = { spec: { podCIDR: cidr, podCIDRs: [cidr] } };
        await client.patch(resources.nodes, { name }, patch, { type: 'merge' });
      }
      for (const name of plan.exhausted) {
        const about = { resource: resources.nodes, object: stores.nodes.get(name) ?? { metadata: { name } } };
        recorder.event(about, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
      }
      return;
    }
  };
}
