import { createServer, type Socket } from 'node:net';
import type { Balancer } from './balancer.ts';
import type { Budget } from './budget.ts';
import { dialInTurn } from './dial.ts';
import type { ListenAt, Listener } from './listener.ts';

/** Listens for TCP connections, and joins each with one to an endpoint. Rejects when the port cannot be had. */
export function relayTcp(at: ListenAt, balancer: Balancer, budget: Budget): Promise<Listener> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    void serve(client, { balancer, budget, note });
  });
  function note(socket: Socket): void {
    socket.unref();
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.host, port: at.port, ipv6Only: at.host.includes(':'), backlog }, () => {
      server.removeListener('error', reject).unref();
      // Accepting may fail while files are short; those who wait in the queue are served when it is over.
      server.on('error', () => {});
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address ? address.port : at.port,
        serving: () => {},
        close: () => {
          server.close();
        },
        destroy() {
          server.close();
          for (const socket of open) socket.resetAndDestroy();
        },
      });
    });
  });
}

/** Connections that wait to be accepted; the kernel bounds it by net.core.somaxconn. */
const backlog = 4096;

interface Parts {
  readonly balancer: Balancer;
  readonly budget: Budget;
  /** Takes a socket into the list of open ones. */
  readonly note: (socket: Socket) => void;
}

/** One connection, from accepting it to its end. Never throws. */
async function serve(client: Socket, { balancer, budget, note }: Parts): Promise<void> {
  client.on('error', () => {});
  const address = client.remoteAddress;
  if (address === undefined || !budget.take(2)) {
    client.resetAndDestroy();
    return;
  }
  note(client);
  try {
    const order = balancer.pick(address, performance.now());
    const met = await dialInTurn(order, () => !client.destroyed);
    if (met?.target !== order[0]) balancer.met(address, met?.target, performance.now());
    if (!met) return void client.resetAndDestroy();
    note(met.socket);
    await join(client, met.socket);
  } finally {
    budget.give(2);
  }
}

/**
 * Carries bytes both ways until both ends are done. `pipe` waits for a slow reader, and passes the end of one direction on while
 * the other goes on (half-close; kube-proxy closed both). A reset of one side resets the other. Resolves when both are closed.
 */
async function join(a: Socket, b: Socket): Promise<void> {
  const closed = [a, b].map(closeOf);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    // Finds out when a peer has vanished without a word.
    one.setKeepAlive(true, keepAliveMs);
    one.on('error', () => other.resetAndDestroy());
    one.once('close', () => {
      if (!one.readableEnded) other.destroy();
    });
    one.pipe(other);
  }
  if (a.destroyed) b.destroy();
  await Promise.all(closed);
}

function closeOf(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

const keepAliveMs = 60_000;
