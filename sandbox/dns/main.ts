import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { createClient } from '../../lib/kube/client.ts';
import { loadKubeconfig } from '../../lib/kube/credentials.ts';
import { processLog } from '../../lib/log.ts';
import { readFlags } from '../../lib/read-flags.ts';
import { parseUpstream } from './forward.ts';
import { startDns } from './server.ts';

/** The component `dns`: the cluster's DNS server. Ends on SIGTERM. Throws WorkshopError `usage` for wrong flags. */
export async function main(argv: string[]): Promise<void> {
  const { kubeconfig, ...flags } = dnsFlags(argv);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
  const client = createClient(loadKubeconfig(kubeconfig));
  const log = processLog();
  const server = await startDns({ ...flags, client, log, signal: stop.signal });
  server.synced.then(
    () => log.info('all records read'),
    () => {},
  );
  await server.done;
  client.close();
}

const failure = 'could not start the DNS server';

const options = {
  kubeconfig: { type: 'string', default: '' },
  'listen-address': { type: 'string', default: '0.0.0.0' },
  port: { type: 'string', default: '53' },
  'cluster-domain': { type: 'string', default: 'cluster.local' },
  upstream: { type: 'string', default: '' },
  'health-port': { type: 'string', default: '8080' },
  'ready-port': { type: 'string', default: '8181' },
} as const;

function dnsFlags(argv: string[]) {
  const { values } = readFlags(argv, options, { failure });
  try {
    if (!values.kubeconfig) throw new Error('--kubeconfig is missing');
    if (values.upstream) parseUpstream(values.upstream);
    return {
      kubeconfig: values.kubeconfig,
      domain: values['cluster-domain'],
      address: values['listen-address'],
      port: portNumber('port', values.port),
      upstream: values.upstream || undefined,
      healthPort: portNumber('health-port', values['health-port']),
      readyPort: portNumber('ready-port', values['ready-port']),
    };
  } catch (error) {
    throw new WorkshopError('usage', `${failure}: ${messageOf(error)}`, { cause: error });
  }
}

function portNumber(flag: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--${flag} ${text} is not a port`);
  return port;
}
