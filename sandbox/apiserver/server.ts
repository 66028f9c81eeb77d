import { setMaxListeners } from 'node:events';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer as createTlsServer, type Server } from 'node:https';
import { createServer as createPlainServer, type Server as PlainServer } from 'node:net';
import { WorkshopError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Api, KubeletClient } from './api.ts';
import { createAuthenticator } from './auth/authenticate.ts';
import { createServiceAccountTokens } from './auth/tokens.ts';
import type { User } from './auth/user.ts';
import { bootstrap } from './bootstrap.ts';
import { createHandler } from './handler.ts';
import type { Kind, ServerConfig } from './kinds/kind.ts';
import { createPages } from './pages.ts';
import { createRegistry } from './registry.ts';
import type { Schema } from './schema/schema.ts';
import { openDisk } from './store/disk.ts';
import { openStore, type Store } from './store/store.ts';

export interface ServerOptions {
  readonly config: ServerConfig;
  readonly kinds: readonly Kind[];
  readonly schema: Schema;
  readonly dataDir: string;
  /** Server certificate and key, and the CA that client certificates must come from; PEM. */
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string };
  readonly tokens: ReadonlyMap<string, User>;
  readonly bindAddress: string;
  readonly port: number;
  /** A unix socket that serves the same, for a relay. */
  readonly socket?: string | undefined;
  readonly advertiseAddress: string;
  readonly kubelet: KubeletClient;
  readonly log: Log;
}

export interface ApiServer {
  readonly port: number;
  /** Ends watches and connections, writes what is under way and closes the database. */
  close(): Promise<void>;
}

/** Opens the store, makes what every cluster has, and listens. Throws WorkshopError or a system error. */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const store = await openStore(await openDisk(`${options.dataDir}/store`));
  const ending = new AbortController();
  // Every watch listens.
  setMaxListeners(0, ending.signal);
  const api = createApi(options, store, ending.signal);
  let ready = false;
  const server = createTls(options, api, () => ready);
  let relay: PlainServer | undefined;
  const close = async () => {
    ending.abort();
    await Promise.all([closeServer(server), relay && closeServer(relay)]);
    await store.close();
  };
  try {
    const port = await listen(server, options.port, options.bindAddress);
    await bootstrap(api, { address: options.advertiseAddress, port });
    ready = true;
    if (options.socket !== undefined) relay = await listenOnSocket(server, options.socket);
    return { port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createApi(
  { kinds, schema, dataDir, config, log, kubelet }: ServerOptions,
  store: Store,
  signal: AbortSignal,
): Api {
  return {
    registry: createRegistry(kinds),
    store,
    schema,
    config,
    serviceAccounts: createServiceAccountTokens(`${dataDir}/service-account.key`, Date.now),
    kubelet,
    log,
    now: Date.now,
    signal,
  };
}

function createTls({ tls, tokens }: ServerOptions, api: Api, isReady: () => boolean): Server {
  const authenticate = createAuthenticator(tokens, api.serviceAccounts);
  const handler = createHandler(api, authenticate, createPages(api.registry, api.schema, isReady));
  const server = createTlsServer({
    cert: tls.cert,
    key: tls.key,
    ca: tls.clientCa,
    requestCert: true,
    // Who has no certificate may have a token; who has a wrong one is told so with 401.
    rejectUnauthorized: false,
    // Answers may take for ever, as watches do; a client that sends its request slowly is cut off.
    requestTimeout: 60_000,
    headersTimeout: 30_000,
    keepAliveTimeout: 120_000,
  });
  server.on('request', handler.request);
  server.on('upgrade', handler.upgrade);
  return server;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `could not listen on ${host}:${port}: ${cause.message}`;
      reject(new WorkshopError('environment', message, { cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Connections on the unix socket are handed to the same TLS server; only this user may connect. */
function listenOnSocket(server: Server, path: string): Promise<PlainServer> {
  rmSync(path, { force: true });
  return new Promise((resolve, reject) => {
    const plain = createPlainServer((connection) => {
      connection.on('error', () => connection.destroy());
      server.emit('connection', connection);
    });
    plain.once('error', reject);
    plain.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(plain);
    });
  });
}

function closeServer(server: Server | PlainServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) setTimeout(() => server.closeAllConnections(), drainMs).unref();
  });
}

/** Time for answers under way, once the server is to end. */
const drainMs = 500;
