import { setMaxListeners } from 'node:events';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { createClient } from '../../lib/kube/client.ts';
import { loadKubeconfig } from '../../lib/kube/credentials.ts';
import { processLog } from '../../lib/log.ts';
import { readFlags } from '../../lib/read-flags.ts';
import { allControllers } from './all.ts';
import { type Controller, runControllers } from './cluster.ts';

/** The component `controllers`: controllers and scheduler, in one process. Ends on SIGTERM. Throws WorkshopError `usage` for wrong flags. */
export async function main(argv: string[]): Promise<void> {
  const { kubeconfig, controllers } = controllerFlags(argv);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
  const client = createClient(loadKubeconfig(kubeconfig));
  await runControllers(controllers, { client, log: processLog(), signal: stop.signal });
  client.close();
}

const failure = 'could not start the controllers';

const options = {
  kubeconfig: { type: 'string', default: '' },
  'cluster-cidr': { type: 'string', default: '172.16.0.0/16' },
  'node-cidr-mask-size': { type: 'string', default: '24' },
} as const;

function controllerFlags(argv: string[]): { kubeconfig: string; controllers: Controller[] } {
  const { values } = readFlags(argv, options, { failure });
  try {
    if (!values.kubeconfig) throw new Error('--kubeconfig is missing');
    const controllers = allControllers({
      clusterCidr: values['cluster-cidr'],
      maskSize: Number(values['node-cidr-mask-size']),
    });
    return { kubeconfig: values.kubeconfig, controllers };
  } catch (error) {
    throw new WorkshopError('usage', `${failure}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
