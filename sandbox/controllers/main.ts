import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { createClient } from '../../lib/kube/client.ts';
import { loadKubeconfig } from '../../lib/kube/credentials.ts';
import { processLog } from '../../lib/log.ts';
import { allControllers } from './all.ts';
import { type Controller, runControllers } from './cluster.ts';

/** The component `controllers`: controllers and scheduler, in one process. Ends on SIGTERM. */
export async function main(argv: string[]): Promise<void> {
  const { kubeconfig, controllers } = readFlags(argv);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
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
      },
    });
    if (!values.kubeconfig) throw new Error('--kubeconfig is missing');
    const controllers = allControllers({
      clusterCidr: values['cluster-cidr'],
      maskSize: Number(values['node-cidr-mask-size']),
    });
    return { kubeconfig: values.kubeconfig, controllers };
  } catch (error) {
    throw new WorkshopError('usage', `could not start the controllers: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
