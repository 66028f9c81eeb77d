import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { parseCidr } from '../../lib/ip.ts';
import { createClient } from '../../lib/kube/client.ts';
import { loadKubeconfig } from '../../lib/kube/credentials.ts';
import { processLog } from '../../lib/log.ts';
import { type Controller, runControllers } from './cluster.ts';
import { deploymentController } from './deployment/controller.ts';
import { endpointsController } from './endpoints/controller.ts';
import { endpointSliceController } from './endpointslice/controller.ts';
import { garbageCollector } from './garbage/controller.ts';
import { loadBalancerController } from './loadbalancer/controller.ts';
import { parsePool } from './loadbalancer/pool.ts';
import { endpointSliceMirroringController } from './mirroring/controller.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeIpamController } from './node/ipam-controller.ts';
import { nodeLifecycleController } from './node/lifecycle-controller.ts';
import { podRemovalController } from './node/pod-removal-controller.ts';
import { replicaSetController } from './replicaset/controller.ts';
import { scheduler } from './scheduler/controller.ts';
import { namespaceContentsController } from './serviceaccount/controller.ts';

/** The component `controllers`: controllers, scheduler and LoadBalancer addresses, in one process. Ends on SIGTERM. */
export async function main(argv: string[]): Promise<void> {
  const { kubeconfig, controllers } = readFlags(argv);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  const client = createClient(loadKubeconfig(kubeconfig));
  await runControllers(controllers, { client, log: processLog(), signal: stop.signal });
  client.close();
}

function readFlags(argv: string[]): { kubeconfig: string; controllers: Controller[] } {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        kubeconfig: { type: 'string', default: '' },
        'cluster-cidr': { type: 'string', default: '172.16.0.0/16' },
        'node-cidr-mask-size': { type: 'string', default: '24' },
        'load-balancer-pool': { type: 'string', default: '' },
      },
    });
    if (!values.kubeconfig) throw new Error('--kubeconfig is missing');
    const pool = values['load-balancer-pool'] ? parsePool(values['load-balancer-pool']) : undefined;
    const network = {
      cidr: parseCidr(values['cluster-cidr']),
      maskSize: Number(values['node-cidr-mask-size']),
    };
    return {
      kubeconfig: values.kubeconfig,
      controllers: [
        nodeIpamController(network),
        nodeLifecycleController,
        podRemovalController,
        namespaceContentsController,
        namespaceController,
        garbageCollector,
        scheduler,
        deploymentController,
        replicaSetController,
        endpointSliceController,
        endpointSliceMirroringController,
        endpointsController,
        loadBalancerController(pool),
      ],
    };
  } catch (error) {
    throw new WorkshopError('usage', `could not start the controllers: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
