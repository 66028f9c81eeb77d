import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Balancer } from './balancer.ts';
import type { Budget } from './budget.ts';
import { createFlow, type Flow } from './flow.ts';
import type { ListenAt, Listener } from './listener.ts';

/** Listens for datagrams; each client (address and port) has a socket to an endpoint of its own until it is silent for a while. */
export function relayUdp(
  at: ListenAt,
  balancer: Balancer,
  { budget, timeoutMs }: { budget: Budget; timeoutMs: number },
): Promise<Listener> {
  const flows = new Map<string, Flow>();
  const socket = at.host.includes(':')
    ? createSocket({ type: 'udp6', ipv6Only: true })
    : createSocket({ type: 'udp4' });

  function flowOf({ address, port }: RemoteInfo): Flow | undefined {
    const key = `${address} ${port}`;
    const known = flows.get(key);
    if (known) return known;
    const order = balancer.pick(address, performance.now());
    if (order.length === 0 || !budget.take(1)) return undefined;
    const flow = createFlow(order, {
      timeoutMs,
      answer: (data) => send(socket, data, address, port),
      onMet: (target) => balancer.met(address, target, performance.now()),
      onEnd() {
        flows.delete(key);
        budget.give(1);
      },
    });
    flows.set(key, flow);
    return flow;
  }

  function close(): void {
    for (const flow of flows.values()) flow.end();
    socket.close();
  }

  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: at.host, port: at.port, exclusive: true }, () => {
      socket.removeListener('error', reject).unref();
      socket.on('error', () => {});
      socket.on('message', (data, peer) => flowOf(peer)?.send(data));
      resolve({
        port: socket.address().port,
        serving(endpoints) {
          for (const flow of flows.values()) if (!endpoints.has(flow.endpoint())) flow.end();
        },
        close,
        destroy: close,
      });
    });
  });
}

/** What cannot be sent is lost, as it may be with UDP. */
function send(socket: Socket, data: Buffer, address: string, port: number): void {
  try {
    socket.send(data, port, address, () => {});
  } catch {
    // The listener was closed meanwhile.
  }
}
