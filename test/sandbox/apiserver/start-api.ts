import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '../../../lib/kube/client.ts';
import { silentLog } from '../../../lib/log.ts';
import type { User } from '../../../sandbox/apiserver/auth/user.ts';
import { kinds } from '../../../sandbox/apiserver/kinds/index.ts';
import type { Kind } from '../../../sandbox/apiserver/kinds/kind.ts';
import type { Schema } from '../../../sandbox/apiserver/schema/schema.ts';
import { type ApiServer, startServer } from '../../../sandbox/apiserver/server.ts';
import { createAuthority, issue, type KeyPair } from '../../../sandbox/pki/authority.ts';
import { formatKubeconfig } from '../../../sandbox/pki/kubeconfig.ts';
import { buildSchema } from '../../../scripts/build/schema.ts';

export interface TestApi {
  readonly url: string;
  readonly port: number;
  readonly socket: string;
  /** Where everything of this server is kept; `close` removes it. */
  readonly folder: string;
  readonly authority: KeyPair;
  /** A kubeconfig file of an administrator. */
  readonly kubeconfig: string;
  /** An administrator's client. */
  readonly client: Client;
  /** Another identity's kubeconfig file. */
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  clientFor(user: string, groups?: readonly string[]): Promise<Client>;
  /** Ends the server and starts it again over the same data, on the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface TestApiOptions {
  readonly kinds?: readonly Kind[];
  readonly address?: string;
  readonly port?: number;
  /** Where node agents listen, when the node does not say. */
  readonly kubeletPort?: number;
  readonly tokens?: ReadonlyMap<string, User>;
}

let shared: Promise<Schema> | undefined;

/** The schema, built once for all tests. */
export function testSchema(): Promise<Schema> {
  shared ??= buildSchema();
  return shared;
}

/** Starts an API server of its own in a folder of its own, with certificates of its own. The caller closes it. */
export async function startApi(options: TestApiOptions = {}): Promise<TestApi> {
  const address = options.address ?? '127.0.0.1';
  const folder = mkdtempSync(join(tmpdir(), 'api-'));
  const authority = await createAuthority();
  const serving = await issue(authority, { commonName: 'kube-apiserver', names: ['localhost', address] });
  const kubelet = await issue(authority, {
    commonName: 'kube-apiserver-kubelet-client',
    groups: ['system:masters'],
  });
  const schema = await testSchema();
  const socket = join(folder, 'api.sock');
  const start = (port: number): Promise<ApiServer> =>
    startServer({
      config: { serviceClusterIPRange: '172.17.0.0/18', serviceNodePortRange: [30000, 32767] },
      kinds: options.kinds ?? kinds,
      schema,
      dataDir: join(folder, 'data'),
      tls: { ...serving, clientCa: authority.cert },
      tokens: options.tokens ?? new Map(),
      bindAddress: address,
      port,
      socket,
      advertiseAddress: '192.0.2.10',
      kubelet: { ca: authority.cert, ...kubelet, port: options.kubeletPort ?? 10250 },
      log: silentLog,
    });
  let server = await start(options.port ?? 0);
  const { port } = server;
  const url = `https://${address}:${port}`;
  const clients: Client[] = [];

  async function identity(user: string, groups: readonly string[] = []): Promise<KeyPair> {
    return issue(authority, { commonName: user, groups });
  }

  async function kubeconfigFor(user: string, groups: readonly string[] = []): Promise<string> {
    const file = join(folder, `${user.replaceAll(':', '-')}.conf`);
    const parts = {
      cluster: 'test',
      user,
      server: url,
      ca: authority.cert,
      ...(await identity(user, groups)),
    };
    writeFileSync(file, formatKubeconfig(parts));
    chmodSync(file, 0o600);
    return file;
  }

  async function clientFor(user: string, groups: readonly string[] = []): Promise<Client> {
    const client = createClient({ server: url, ca: authority.cert, ...(await identity(user, groups)) });
    clients.push(client);
    return client;
  }

  return {
    url,
    port,
    socket,
    folder,
    authority,
    kubeconfig: await kubeconfigFor('kubernetes-admin', ['kubeadm:cluster-admins']),
    client: await clientFor('kubernetes-admin', ['kubeadm:cluster-admins']),
    kubeconfigFor,
    clientFor,
    async restart() {
      await server.close();
      server = await start(port);
    },
    async close() {
      for (const client of clients) client.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
