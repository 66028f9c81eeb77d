import { createServer, type Socket } from 'node:net';
import { waitFor } from '../../lib/wait.ts';
import { plain } from './agent-words.ts';

/** A server that says its name and keeps its side open when a client ends its own, until `answer`. */
export function serveLate({ name, port }: { name: string; port: number }): void {
  const sockets: Socket[] = [];
  ended.set(port, sockets);
  createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.on('end', () => sockets.push(socket)).resume();
    socket.write(`${name} ${plain(socket.remoteAddress)}\n`);
  }).listen(port, '::');
}

/** Resolves when a client has said all. */
export async function hearEnd({ port }: { port: number }): Promise<void> {
  await waitFor(async () => (ended.get(port) ?? []).length > 0, {
    what: `a client of port ${port} to end`,
    timeoutMs: 5000,
    intervalMs: 10,
  });
}

/** Says the last word to the client that waits longest, and ends. */
export function answer({ port, word }: { port: number; word: string }): void {
  ended.get(port)?.shift()?.end(word);
}

/** By port, those whose clients have ended. */
const ended = new Map<number, Socket[]>();
