import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { createClient } from '../../lib/kube/client.ts';
import { loadKubeconfig } from '../../lib/kube/credentials.ts';
import { processLog } from '../../lib/log.ts';
import { allControllers } from './all.ts';
import { type Controller, runControllers } from './cluster.ts';
import { loadBalancerController } from './loadbalancer/controller.ts';
import { parsePool } from './loadbalancer/pool.ts';

/**
 * The component `controllers`: controllers, scheduler and LoadBalancer addresses, in one process. With
 * `--controllers=loadbalancer` it is the last alone, for a cluster that has the others of Kubernetes. Ends on SIGTERM.
 */
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
        controllers: { type: 'string', default: '*' },
      },
    });
    if (!values.kubeconfig) throw new Error('--kubeconfig is missing');
    const which = values.controllers;
    if (which !== '*' && which !== 'loadbalancer') throw new Error(`--controllers ${which} is not known`);
    const pool = values['load-balancer-pool'] || undefined;
    const controllers =
      which === 'loadbalancer'
        ? [loadBalancerController(pool === undefined ? undefined : parsePool(pool))]
        : allControllers({
            clusterCidr: values['cluster-cidr'],
            maskSize: Number(values['node-cidr-mask-size']),
            pool,
          });
    return { kubeconfig: values.kubeconfig, controllers };
  } catch (error) {
    throw new WorkshopError('usage', `could not start the controllers: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
