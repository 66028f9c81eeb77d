import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import type { Dial } from './agent.ts';
import { wordFor } from './agent-words.ts';

/** Sends so many bytes. Resolves with `whole` when the same came back, or with what went wrong. */
export function echo(order: Dial & { bytes: number }): Promise<string> {
  return order.protocol === 'tcp' ? echoTcp(order) : echoUdp(order);
}

function echoTcp({ host, port, bytes, timeoutMs }: Dial & { bytes: number }): Promise<string> {
  const socket = connect({ host, port });
  socket.end('x'.repeat(bytes));
  return restOf(socket, timeoutMs).then((text) => judge(text.slice(text.indexOf('\n') + 1), bytes));
}

/** Ends our side of a connection. Resolves with all that the other side still says, or with what went wrong. */
export function restOf(socket: Socket, timeoutMs = 5000): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const finish = (result: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish(`silent after: ${text.slice(-40)}`), timeoutMs);
    socket.on('data', (data) => {
      text += data;
    });
    socket.once('end', () => finish(text));
    socket.once('error', (error) => finish(wordFor(error)));
    socket.end();
  });
}

function echoUdp({ host, port, bytes, timeoutMs }: Dial & { bytes: number }): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const finish = (result: string) => {
      clearTimeout(timer);
      socket.close(() => resolve(result));
    };
    const timer = setTimeout(() => finish('silent'), timeoutMs);
    socket.once('error', (error) => finish(wordFor(error)));
    socket.once('message', (data) => finish(judge(`${data}`, bytes)));
    socket.connect(port, host, () => socket.send('x'.repeat(bytes)));
  });
}

function judge(text: string, bytes: number): string {
  return text === 'x'.repeat(bytes) ? 'whole' : `${text.length} bytes: ${text.slice(0, 40)}`;
}
