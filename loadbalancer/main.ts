import { exitCodes, messageOf, WorkshopError } from '../lib/errors.ts';
import { familyOf } from '../lib/ip.ts';
import { createClient } from '../lib/kube/client.ts';
import { loadKubeconfig } from '../lib/kube/credentials.ts';
import { processLog } from '../lib/log.ts';
import { readFlags } from '../lib/read-flags.ts';
import { allocate } from './allocator.ts';
import { createAnnouncer } from './announcer.ts';
import { unfitness } from './fitness.ts';
import { leadWhenElected } from './lease.ts';
import { type Pool, parsePool } from './pool.ts';

/**
 * `loadbalancer [flags]`: runs on every node that may announce addresses. One of them, elected by a Lease, gives Services of type
 * LoadBalancer their addresses and answers for these on the LAN; the next one takes over when it goes down. Ends on SIGTERM.
 */
async function main(argv: string[]): Promise<void> {
  if (argv.includes('--help')) return void process.stdout.write(help);
  const flags = balancerFlags(argv);
  const stop = new AbortController();
  // Not `once`: while a program runs, execa ends this process by the signal as soon as nobody listens for it any more.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
  const log = processLog().with({ node: flags.node });
  const client = createClient(loadKubeconfig(flags.kubeconfig));
  const announcer = createAnnouncer(flags.address, flags.pool, log);
  log.info('starting', { pool: flags.poolText });
  const durationMs = flags.leaseSeconds * 1000;
  await leadWhenElected(
    {
      ...{ client, log, namespace: 'kube-system', name: 'workshop-loadbalancer', identity: flags.node },
      timing: { durationMs, deadlineMs: durationMs * 0.7, renewMs: durationMs / 5 },
      unfit: () => unfitness(client, flags.node, Math.round(durationMs / 3)),
      // What a crash left here belongs to somebody else by now.
      standBy: () => announcer.announce(new Set()),
      signal: stop.signal,
    },
    (signal) => allocate({ client, pool: flags.pool, announcer, log }, signal),
  );
  client.close();
}

interface Flags {
  readonly kubeconfig: string;
  readonly node: string;
  readonly address: string;
  readonly pool: Pool;
  readonly poolText: string;
  readonly leaseSeconds: number;
}

const help = `Gives Services of type LoadBalancer their addresses, and answers for these on the LAN.

Usage: loadbalancer --kubeconfig FILE --node-name NAME --node-ip IP --pool FROM-TO [--lease-duration TIME]

  --kubeconfig FILE      how to reach the API server
  --node-name NAME       this node's name, by which one of the nodes is elected
  --node-ip IP           its IPv4 address on the LAN
  --pool FROM-TO         the addresses to give
  --lease-duration TIME  after how long another node takes over, at least 2s [8s]

Example:
  loadbalancer --kubeconfig lb.conf --node-name worker-node01 --node-ip 192.168.56.11 --pool 192.168.56.240-192.168.56.250
`;

const failure = 'could not start the load balancer';

const options = {
  kubeconfig: { type: 'string', default: '' },
  'node-name': { type: 'string', default: '' },
  'node-ip': { type: 'string', default: '' },
  pool: { type: 'string', default: '' },
  'lease-duration': { type: 'string', default: '8s' },
} as const;

function balancerFlags(argv: string[]): Flags {
  const { values } = readFlags(argv, options, { failure, advice: 'loadbalancer --help' });
  try {
    const [, seconds = ''] = /^(\d+)s$/.exec(values['lease-duration']) ?? [];
    if (!values.kubeconfig) throw new Error('--kubeconfig is missing');
    if (!values['node-name']) throw new Error('--node-name is missing');
    if (familyOf(values['node-ip']) !== 'IPv4')
      throw new Error(`--node-ip is no IPv4 address: "${values['node-ip']}"`);
    if (Number(seconds) < 2)
      throw new Error(`--lease-duration is no time of at least 2s: ${values['lease-duration']}`);
    return {
      kubeconfig: values.kubeconfig,
      node: values['node-name'],
      address: values['node-ip'],
      pool: parsePool(values.pool),
      poolText: values.pool,
      leaseSeconds: Number(seconds),
    };
  } catch (error) {
    throw new WorkshopError('usage', `${failure}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const advice = error instanceof WorkshopError && error.advice ? `. Try ${error.advice}.` : '';
  process.stderr.write(`loadbalancer: ${messageOf(error)}${advice}\n`);
  process.exitCode = exitCodes[error instanceof WorkshopError ? error.fault : 'bug'];
}
