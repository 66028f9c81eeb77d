import { connect, createServer, type Server, type Socket } from 'node:net';
import { codeOf } from '../../lib/errors.ts';

/**
 * Listens on 127.0.0.1 and joins each connection with one that `open` makes. Takes `port` if it is free, else (when `any`) one
 * that is. Throws the system's error.
 */
export async function startRelay(
  port: number,
  open: () => Promise<Socket> | Socket,
  { any = false } = {},
): Promise<{ port: number; server: Server }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => void join(socket, open));
  try {
    await listen(server, port);
  } catch (error) {
    if (!any || codeOf(error) !== 'EADDRINUSE') throw error;
    await listen(server, 0);
  }
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : port, server };
}

/** A connection to a unix socket that passes half-closed connections on. */
export function openUnix(path: string): Socket {
  return connect({ path, allowHalfOpen: true });
}

async function join(near: Socket, open: () => Promise<Socket> | Socket): Promise<void> {
  near.on('error', () => near.destroy());
  try {
    const far = await open();
    far.on('error', () => near.destroy());
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    near.pipe(far).pipe(near);
  } catch {
    near.destroy();
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
