import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Responder } from './respond.ts';

export interface Listener {
  /** The port it got, when 0 was asked for. */
  port: number;
  close(): Promise<void>;
}

/** Answers DNS over UDP. Rejects when the address cannot be bound. */
export function listenUdp(respond: Responder, address: string, port: number): Promise<Listener> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.on('message', async (message, client) => {
    const answer = await respond(message, 'udp');
    if (answer) socket.send(answer, client.port, client.address, () => {});
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => {
      socket.off('error', reject);
      // A client that is gone answers with ICMP errors; they concern nobody here.
      socket.on('error', () => {});
      resolve({
        port: socket.address().port,
        close: () => new Promise((closed) => socket.close(closed)),
      });
    });
  });
}
