import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { waitFor } from '../../lib/wait.ts';
import type { Orders } from './agent.ts';

/** Gives orders to the agent at the socket; each method resolves with the agent's result. */
export type Agent = {
  [K in keyof Orders]: (...order: Parameters<Orders[K]>) => Promise<Awaited<ReturnType<Orders[K]>>>;
} & { close(): void };

export async function connectAgent(path: string, timeoutMs = 15_000): Promise<Agent> {
  const socket = await waitFor(() => open(path), {
    what: `the agent at ${path}`,
    timeoutMs,
    intervalMs: 20,
  });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  createInterface({ input: socket }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line) as { id: number; result: unknown; error?: string };
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the agent is gone'));
  });
  const send = (op: string, order: unknown) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      socket.write(`${JSON.stringify({ id, op, order })}\n`);
    });
  const close = () => socket.destroy();
  return new Proxy({} as Agent, {
    get: (_target, op) => {
      if (op === 'then') return undefined;
      return op === 'close' ? close : (order: unknown) => send(String(op), order);
    },
  });
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.once('error', reject);
  });
}
