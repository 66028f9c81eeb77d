import type { Client } from '../../lib/kube/client.ts';
import type { Log } from '../../lib/log.ts';
import { createForwarder } from './forward.ts';
import { listenHealth } from './health.ts';
import { createResponder } from './respond.ts';
import { listenTcp } from './tcp-server.ts';
import { type Listener, listenUdp } from './udp-server.ts';
import { feedZone } from './zone-feed.ts';

export interface DnsOptions {
  client: Client;
  /** The cluster domain. */
  domain: string;
  address: string;
  /** 0: one that is free, the same for UDP and TCP. */
  port: number;
  upstream: string | undefined;
  /** Ports of `/health` and `/ready`; undefined: none. */
  healthPort?: number | undefined;
  readyPort?: number | undefined;
  log: Log;
  signal: AbortSignal;
}

export interface DnsServer {
  port: number;
  /** Where `/health` and `/ready` are served, if they are. */
  healthPort: number | undefined;
  readyPort: number | undefined;
  synced: Promise<void>;
  /** Resolves when, after the signal, everything is closed. */
  done: Promise<void>;
}

/** The cluster's DNS server. Rejects when a port cannot be bound. */
export async function startDns(options: DnsOptions): Promise<DnsServer> {
  const { client, log, signal, address } = options;
  const domain = options.domain.toLowerCase().replace(/\.$/, '');
  const feed = feedZone({ client, domain, log, signal });
  let turn = 0;
  const respond = createResponder({
    zone: feed.zone,
    isReady: feed.isReady,
    forwarder: options.upstream ? createForwarder(options.upstream) : undefined,
    turn: () => turn++,
  });
  const listeners: Listener[] = [];
  const keep = async (opening: Promise<Listener>): Promise<number> => {
    const listener = await opening;
    listeners.push(listener);
    return listener.port;
  };
  const health = async (path: string, isWell: () => boolean, port: number | undefined) =>
    port === undefined ? undefined : keep(listenHealth(path, isWell, address, port));
  const closeAll = () => Promise.all(listeners.map((listener) => listener.close()));
  try {
    // TCP first: far more of its ports are in use when any free one will do.
    const port = await keep(listenTcp(respond, address, options.port));
    await keep(listenUdp(respond, address, port));
    const healthPort = await health('/health', () => true, options.healthPort);
    const readyPort = await health('/ready', feed.isReady, options.readyPort);
    log.info('serving', { address, port, domain });
    return {
      port,
      healthPort,
      readyPort,
      synced: feed.synced,
      done: feed.done.then(closeAll).then(() => {}),
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
