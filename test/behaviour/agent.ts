import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { openSync } from 'node:fs';
import { get } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { echo, restOf } from './agent-echo.ts';
import { answer, hearEnd, serveLate } from './agent-late.ts';
import { plain, wordFor } from './agent-words.ts';

/**
 * A process inside one network namespace: answers as a pod's server, dials as a client, runs commands. It takes its orders over
 * a unix socket, one JSON object a line; those reach into every network namespace.
 */
export interface Orders {
  /** Answers `name client` to whoever comes, over TCP and UDP, and sends back what else is said. */
  serve(order: { name: string; port: number; protocol: 'tcp' | 'udp' }): void;
  /** Answers `name client` over TCP, and nothing more before `answer`. */
  serveLate(order: { name: string; port: number }): void;
  /** Until a client of a late server has said all it had to say. */
  hearEnd(order: { port: number }): Promise<void>;
  /** The late server's last word to that client. */
  answer(order: { port: number; word: string }): void;
  /** The answer, or `refused`, `silent`, or an error code. */
  dial(order: Dial): Promise<string>;
  /** Opens a TCP connection that stays; resolves with the answer. */
  hold(order: Dial & { key: string }): Promise<string>;
  /** Sends a word over a held connection; resolves with its echo, or with what went wrong. */
  say(order: { key: string; word: string }): Promise<string>;
  /** Says no more over a held connection; resolves with all that still comes, or with what went wrong. */
  finish(order: { key: string }): Promise<string>;
  /** Sends so many bytes; resolves with `whole` when as many came back, or with what went wrong. */
  echo(order: Dial & { bytes: number }): Promise<string>;
  http(order: { url: string }): Promise<{ code: number; body: string; weight: string | undefined }>;
  exec(order: {
    command: string;
    args: string[];
    input?: string;
  }): Promise<{ code: number; stdout: string; stderr: string }>;
  start(order: {
    key: string;
    command: string;
    args: string[];
    log: string;
    env?: Record<string, string>;
  }): void;
  kill(order: { key: string; signal: NodeJS.Signals }): Promise<number | string>;
  relay(order: { host: string; port: number; path: string }): Promise<void>;
}

export interface Dial {
  protocol: 'tcp' | 'udp';
  host: string;
  port: number;
  from?: string;
  localPort?: number;
  timeoutMs: number;
}

const children = new Map<string, ChildProcess>();
const held = new Map<string, Socket>();

const orders: Orders = {
  serve: ({ name, port, protocol }) => (protocol === 'tcp' ? serveTcp(name, port) : serveUdp(name, port)),
  serveLate,
  hearEnd,
  answer,
  dial: (order) => (order.protocol === 'tcp' ? dialTcp(order) : dialUdp(order)),
  hold: (order) => dialTcp(order, order.key),
  say({ key, word }) {
    const socket = held.get(key);
    if (!socket) return Promise.resolve('no such connection');
    return new Promise((resolve) => {
      const end = (answer: string) => {
        clearTimeout(timer);
        socket.off('data', hear).off('close', closed);
        resolve(answer);
      };
      const hear = (data: Buffer) => end(data.toString().trim());
      const closed = () => end('closed');
      const timer = setTimeout(end, 2000, 'silent');
      socket.on('data', hear).on('close', closed);
      socket.write(`${word}\n`);
    });
  },
  finish({ key }) {
    const socket = held.get(key);
    return socket ? restOf(socket) : Promise.resolve('no such connection');
  },
  echo,
  http: ({ url }) =>
    new Promise((resolve, reject) => {
      get(url, (response) => {
        const weight = response.headers['x-load-balancing-endpoint-weight'];
        let body = '';
        response.on('data', (data) => {
          body += data;
        });
        response.on('end', () =>
          resolve({ code: response.statusCode ?? 0, body, weight: weight?.toString() }),
        );
      }).on('error', reject);
    }),
  exec: ({ command, args, input }) =>
    new Promise((resolve) => {
      const child = execFile(command, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        const code = error ? Number(error.code ?? 255) : 0;
        resolve({ code, stdout, stderr });
      });
      child.stdin?.on('error', () => {}).end(input ?? '');
    }),
  start({ key, command, args, log, env }) {
    const out = openSync(log, 'a');
    children.set(key, spawn(command, args, { stdio: ['ignore', out, out], env: { ...process.env, ...env } }));
  },
  kill({ key, signal }) {
    const child = children.get(key);
    children.delete(key);
    if (!child || child.exitCode !== null || child.signalCode !== null) {
      return Promise.resolve(child?.exitCode ?? 'gone');
    }
    return new Promise((resolve) => {
      child.once('exit', (code, by) => resolve(code ?? by ?? 'gone'));
      child.kill(signal);
    });
  },
  relay: ({ host, port, path }) =>
    new Promise((resolve) => {
      createServer((inside) => {
        const outside = connect(path);
        inside.pipe(outside).pipe(inside);
        inside.on('error', () => outside.destroy());
        outside.on('error', () => inside.destroy());
      }).listen(port, host, () => resolve());
    }),
};

function serveTcp(name: string, port: number): void {
  createServer((socket) => {
    socket.on('error', () => {});
    socket.write(`${name} ${plain(socket.remoteAddress)}\n`);
    socket.pipe(socket);
  }).listen(port, '::');
}

function serveUdp(name: string, port: number): void {
  const socket = createSocket({ type: 'udp6' });
  socket.on('error', () => {});
  socket.on('message', (data, peer) => {
    const answer = `${data}` === 'hello' ? `${name} ${plain(peer.address)}` : data;
    socket.send(answer, peer.port, peer.address);
  });
  socket.bind(port, '::');
}

function dialTcp({ host, port, from, localPort, timeoutMs }: Dial, keep?: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      ...(from !== undefined && { localAddress: from }),
      ...(localPort !== undefined && { localPort }),
    });
    const finish = (answer: string, keepOpen = false) => {
      clearTimeout(timer);
      if (!keepOpen) socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish('silent'), timeoutMs);
    socket.once('data', (data) => {
      if (keep !== undefined) held.set(keep, socket);
      finish(data.toString().trim(), keep !== undefined);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => finish(wordFor(error)));
  });
}

function dialUdp({ host, port, from, localPort, timeoutMs }: Dial): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const finish = (answer: string) => {
      clearTimeout(timer);
      socket.close(() => resolve(answer));
    };
    const timer = setTimeout(() => finish('silent'), timeoutMs);
    socket.on('error', (error: NodeJS.ErrnoException) => finish(wordFor(error)));
    socket.once('message', (data) => finish(data.toString().trim()));
    socket.bind({ port: localPort ?? 0, ...(from !== undefined && { address: from }) }, () => {
      // Connected, so that an ICMP error comes back as ECONNREFUSED.
      socket.connect(port, host, () => socket.send('hello'));
    });
  });
}

const [path = ''] = process.argv.slice(2);
createServer((line) => {
  line.on('error', () => {});
  createInterface({ input: line }).on('line', async (text) => {
    const { id, op, order } = JSON.parse(text) as { id: number; op: keyof Orders; order: never };
    try {
      line.write(`${JSON.stringify({ id, result: await orders[op](order) })}\n`);
    } catch (error) {
      line.write(`${JSON.stringify({ id, error: String(error) })}\n`);
    }
  });
}).listen(path);
