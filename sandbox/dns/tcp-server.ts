import { createServer, type Socket } from 'node:net';
import type { Responder } from './respond.ts';
import type { Listener } from './udp-server.ts';

/** A connection on which nothing comes for so long is closed (RFC 7766 6.2.3). */
const idleMs = 10_000;
const maxConnections = 256;

/** Answers DNS over TCP, several queries on one connection. Rejects when the address cannot be bound. */
export function listenTcp(respond: Responder, address: string, port: number): Promise<Listener> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    serve(socket, respond);
  });
  server.maxConnections = maxConnections;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound ? bound.port : port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of open) socket.destroy();
          }),
      });
    });
  });
}

/** Messages come behind their length in two bytes, in any pieces. */
function serve(socket: Socket, respond: Responder): void {
  let waiting = Buffer.alloc(0);
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const end = 2 + waiting.readUInt16BE(0);
      void answer(socket, waiting.subarray(2, end), respond);
      waiting = waiting.subarray(end);
    }
  });
}

async function answer(socket: Socket, message: Buffer, respond: Responder): Promise<void> {
  const reply = await respond(message, 'tcp');
  if (!reply) {
    socket.destroy();
    return;
  }
  const length = Buffer.alloc(2);
  length.writeUInt16BE(reply.length);
  if (socket.writable) socket.write(Buffer.concat([length, reply]));
}
