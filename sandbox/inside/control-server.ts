import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ComponentStatus } from '../../lib/cluster/components.ts';
import type { ControlRequest } from '../../lib/cluster/control.ts';
import { messageOf } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Keeper } from './keeper.ts';
import type { Steps } from './steps.ts';

export interface Controlled {
  readonly keepers: readonly Keeper[];
  readonly steps: Steps;
  readonly signal: AbortSignal;
  isReady(keeper: Keeper): Promise<boolean>;
  /** Resolves when it is ready. */
  awaitReady(keeper: Keeper): Promise<void>;
}

/** Serves the control socket: one request a connection, a JSON object on a line (lib/cluster/control.ts). */
export function serveControl(file: string, controlled: Controlled): Promise<Server> {
  rmSync(file, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    readRequest(socket, (request) => void answer(socket, request, controlled));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, () => {
      chmodSync(file, 0o600);
      resolve(server);
    });
  });
}

const longestRequest = 4096;

function readRequest(socket: Socket, handle: (request: ControlRequest) => void): void {
  let read = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    const end = read.indexOf('\n');
    if (end === -1 && read.length < longestRequest) return;
    socket.off('data', onData).pause();
    if (end + 1 < read.length) socket.unshift(read.subarray(end + 1));
    try {
      handle(JSON.parse(read.subarray(0, end).toString()) as ControlRequest);
    } catch (error) {
      reply(socket, { error: `could not read the request: ${messageOf(error)}` });
    }
  };
  socket.on('data', onData);
}

async function answer(socket: Socket, request: ControlRequest, controlled: Controlled): Promise<void> {
  try {
    switch (request.op) {
      case 'status':
        return reply(socket, {
          ready: controlled.steps.finished,
          components: await Promise.all(controlled.keepers.map((keeper) => describe(keeper, controlled))),
        });
      case 'follow':
        return await follow(socket, controlled);
      case 'connect':
        return tunnel(socket, request.host, request.port);
      case 'stop':
        await find(request.component, controlled).stop();
        return reply(socket, {});
      case 'start': {
        const keeper = find(request.component, controlled);
        keeper.start();
        await controlled.awaitReady(keeper);
        return reply(socket, {});
      }
      case 'kill':
        find(request.component, controlled).kill(request.signal as NodeJS.Signals);
        return reply(socket, {});
      default:
        return reply(socket, { error: 'could not understand the request' });
    }
  } catch (error) {
    reply(socket, { error: messageOf(error) });
  }
}

async function describe(keeper: Keeper, controlled: Controlled): Promise<ComponentStatus> {
  const status = keeper.status();
  return { ...status, ready: status.state === 'running' && (await controlled.isReady(keeper)) };
}

async function follow(socket: Socket, { steps, signal }: Controlled): Promise<void> {
  const hungUp = new AbortController();
  socket.on('close', () => hungUp.abort());
  const end = AbortSignal.any([signal, hungUp.signal]);
  try {
    for await (const event of steps.follow(end)) socket.write(`${JSON.stringify(event)}\n`);
    reply(socket, { ready: true });
  } catch (error) {
    if (!end.aborted) throw error;
    socket.destroy();
  }
}

function tunnel(near: Socket, host: string, port: number): void {
  const far = connect({ host, port, allowHalfOpen: true });
  far.once('connect', () => {
    near.write('{}\n');
    near.pipe(far).pipe(near);
    far.off('error', refuse).on('error', () => near.destroy());
  });
  const refuse = (error: Error) => reply(near, { error: messageOf(error) });
  far.once('error', refuse);
  far.on('close', () => near.destroySoon());
  near.on('close', () => far.destroy());
}

function find(name: string, { keepers }: Controlled): Keeper {
  const keeper = keepers.find(({ spec }) => spec.name === name);
  if (keeper) return keeper;
  const names = keepers.map(({ spec }) => spec.name);
  throw new Error(`could not find the component ${name}${didYouMean(name, names)}`);
}

function reply(socket: Socket, value: object): void {
  socket.end(`${JSON.stringify(value)}\n`);
}
