import { once } from 'node:events';
import type { Socket } from 'node:net';
import { openUnix } from './relay.ts';

/** A connection from the sandbox's LAN to an address there, through the control socket. Rejects when the sandbox refuses. */
export async function openTunnel(controlSocket: string, host: string, port: number): Promise<Socket> {
  const socket = openUnix(controlSocket);
  await once(socket, 'connect');
  socket.write(`${JSON.stringify({ op: 'connect', host, port })}\n`);
  const answer = await firstLine(socket);
  if (answer !== '{}') {
    socket.destroy();
    throw new Error(answer);
  }
  return socket;
}

/** Reads up to the first line end and puts back what follows. */
async function firstLine(socket: Socket): Promise<string> {
  let read = Buffer.alloc(0);
  for (;;) {
    const end = read.indexOf('\n');
    if (end !== -1) {
      if (end + 1 < read.length) socket.unshift(read.subarray(end + 1));
      return read.subarray(0, end).toString();
    }
    const chunk = socket.read() as Buffer | null;
    if (chunk) read = Buffer.concat([read, chunk]);
    else if (socket.readableEnded) throw new Error('the sandbox hung up');
    else await once(socket, 'readable');
  }
}
