import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { messageOf, WorkshopError } from '../errors.ts';
import type { ComponentStatus } from './components.ts';

/** What can be asked of a running sandbox: one JSON object a line on its control socket. */
export type ControlRequest =
  | { op: 'status' }
  /** Answers with one Progress a line until everything is ready. */
  | { op: 'follow' }
  | { op: 'stop' | 'start'; component: string }
  | { op: 'kill'; component: string; signal: string }
  /** After `{}` the connection is a tunnel to that address as seen from the sandbox's LAN. */
  | { op: 'connect'; host: string; port: number };

/** A step of coming up. `ms` is there when it is over. */
export interface ProgressEvent {
  step: string;
  state: 'started' | 'done' | 'failed';
  ms?: number;
  error?: string;
}

export type ControlAnswer = { error: string } | { components?: ComponentStatus[]; ready?: boolean };

/** Sends one request and resolves with its answer. Throws WorkshopError `environment` when nobody listens or it is refused. */
export async function ask(
  socketFile: string,
  request: ControlRequest,
  signal?: AbortSignal,
): Promise<Exclude<ControlAnswer, { error: string }>> {
  for await (const line of exchange(socketFile, request, signal)) {
    const answer = JSON.parse(line) as ControlAnswer;
    if ('error' in answer) throw new WorkshopError('environment', answer.error);
    return answer;
  }
  throw new WorkshopError('environment', 'could not ask the sandbox: it hung up');
}

/** Yields the steps of coming up, those that are over too; ends when everything is ready. */
export async function* follow(socketFile: string, signal?: AbortSignal): AsyncGenerator<ProgressEvent> {
  for await (const line of exchange(socketFile, { op: 'follow' }, signal)) {
    const event = JSON.parse(line) as ProgressEvent | { ready: true };
    if ('ready' in event) return;
    yield event;
  }
  throw new WorkshopError('environment', 'could not follow the sandbox: it ended');
}

/** Sends a request and yields the lines that come back. */
async function* exchange(
  socketFile: string,
  request: ControlRequest,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const socket = await open(socketFile);
  const lines = createInterface({ input: socket });
  socket.on('close', () => lines.close());
  const onAbort = () => lines.close();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    if (!signal?.aborted) yield* lines;
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}

function open(socketFile: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketFile);
    socket.once('connect', () => resolve(socket));
    socket.on('error', (cause) => {
      const message = `could not reach the sandbox: ${messageOf(cause)}`;
      reject(new WorkshopError('environment', message, { advice: 'workshop up', cause }));
    });
  });
}
