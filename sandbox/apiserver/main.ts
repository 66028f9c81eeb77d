import { readFileSync } from 'node:fs';
import { messageOf, WorkshopError } from '../../lib/errors.ts';
import { processLog } from '../../lib/log.ts';
import { readFlags } from '../../lib/read-flags.ts';
import { readTokenFile } from './auth/tokens.ts';
import { kinds } from './kinds/index.ts';
import { loadSchema } from './schema/load.ts';
import { startServer } from './server.ts';

const options = {
  'bind-address': { type: 'string', default: '0.0.0.0' },
  'secure-port': { type: 'string', default: '6443' },
  'listen-socket': { type: 'string' },
  'tls-cert-file': { type: 'string' },
  'tls-private-key-file': { type: 'string' },
  'client-ca-file': { type: 'string' },
  'token-auth-file': { type: 'string' },
  'service-cluster-ip-range': { type: 'string', default: '172.17.0.0/18' },
  'service-node-port-range': { type: 'string', default: '30000-32767' },
  'kubelet-client-certificate': { type: 'string' },
  'kubelet-client-key': { type: 'string' },
  'kubelet-certificate-authority': { type: 'string' },
  'advertise-address': { type: 'string' },
  'data-dir': { type: 'string' },
  'schema-file': { type: 'string' },
} as const;

const kubeletPort = 10250;

/** The API server, until SIGTERM or SIGINT. Throws WorkshopError `usage` for wrong flags. */
export async function main(argv: string[]): Promise<void> {
  const flags = apiserverFlags(argv);
  const log = processLog();
  const clientCa = pem(required(flags, 'client-ca-file'));
  const bindAddress = flags['bind-address'];
  const server = await startServer({
    config: {
      serviceClusterIPRange: flags['service-cluster-ip-range'],
      serviceNodePortRange: portRange(flags['service-node-port-range']),
    },
    kinds,
    schema: loadSchema(flags['schema-file']),
    dataDir: required(flags, 'data-dir'),
    tls: {
      cert: pem(required(flags, 'tls-cert-file')),
      key: pem(required(flags, 'tls-private-key-file')),
      clientCa,
    },
    tokens: flags['token-auth-file'] ? readTokenFile(flags['token-auth-file']) : new Map(),
    bindAddress,
    port: Number(flags['secure-port']),
    socket: flags['listen-socket'],
    advertiseAddress: flags['advertise-address'] ?? bindAddress,
    kubelet: {
      ca: pem(flags['kubelet-certificate-authority']) ?? clientCa,
      cert: pem(flags['kubelet-client-certificate']),
      key: pem(flags['kubelet-client-key']),
      port: kubeletPort,
    },
    log,
  });
  log.info('serving', { address: bindAddress, port: server.port, socket: flags['listen-socket'] });
  await ended();
  await server.close();
  log.info('ended');
}

type Flags = ReturnType<typeof apiserverFlags>;

function apiserverFlags(argv: string[]) {
  return readFlags(argv, options, { failure: 'could not start the API server' }).values;
}

function required(
  flags: Flags,
  name: 'data-dir' | 'client-ca-file' | 'tls-cert-file' | 'tls-private-key-file',
): string {
  const value = flags[name];
  if (!value) throw new WorkshopError('usage', `could not start the API server: --${name} is missing`);
  return value;
}

function pem(file: string): string;
function pem(file: string | undefined): string | undefined;
function pem(file: string | undefined): string | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file, 'utf8');
  } catch (error) {
    throw new WorkshopError('usage', `could not read a certificate or key: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function portRange(text: string): readonly [number, number] {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === undefined || Number(first) > Number(last)) {
    throw new WorkshopError(
      'usage',
      `could not use --service-node-port-range ${text}: it must look like 30000-32767`,
    );
  }
  return [Number(first), Number(last)];
}

function ended(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}
