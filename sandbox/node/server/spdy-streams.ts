import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import { parseSize, type RemoteStreams } from './streams.ts';

export interface SpdyStream extends Duplex {
  id: number;
  headers: Record<string, string>;
  respond(status: number, headers: Record<string, string>): void;
}

interface Window {
  recv: { max: number; current: number };
  send: { max: number; current: number };
}

interface SpdyConnection extends EventEmitter {
  start(version: number): void;
  _spdyState: {
    parser: { parseKVs(buffer: unknown, callback: (error: Error | null, headers?: object) => void): void };
    window: Window;
    streamWindow: Window;
  };
}

const require = createRequire(import.meta.url);

/** Answers a plain upgrade to SPDY/3.1, choosing the newest stream protocol that both know. */
export function acceptSpdy(request: IncomingMessage, socket: Duplex, head: Buffer): Duplex {
  const offered = String(request.headers['x-stream-protocol-version'] ?? '')
    .split(',')
    .map((name) => name.trim());
  const chosen = ['v4.channel.k8s.io', 'portforward.k8s.io'].find((name) => offered.includes(name));
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: SPDY/3.1', 'Connection: Upgrade'];
  if (chosen) lines.push(`X-Stream-Protocol-Version: ${chosen}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  return socket;
}

const unlimited = 0x7fffffff;

/**
 * The server's side of SPDY as Kubernetes speaks it (moby/spdystream): streams without method and path, told apart by their
 * headers, and without flow control: no window update ever comes, so that windows must never be the limit.
 */
export function openSpdy(socket: Duplex, onStream: (stream: SpdyStream) => void): SpdyConnection {
  const transport = require('spdy-transport') as {
    connection: { create(socket: Duplex, options: object): SpdyConnection };
  };
  const connection = transport.connection.create(socket, {
    protocol: 'spdy',
    isServer: true,
    windowSize: unlimited,
  });
  const { parser, window, streamWindow } = connection._spdyState;
  for (const side of [window.send, window.recv, streamWindow.send, streamWindow.recv]) {
    side.max = unlimited;
    side.current = unlimited;
  }
  const parse = parser.parseKVs.bind(parser);
  parser.parseKVs = (buffer, callback) => {
    parse(buffer, (error, headers) => {
      callback(error, headers && { ':method': 'POST', ':path': '/', ...headers });
    });
  };
  connection.on('error', () => socket.destroy());
  connection.on('stream', (stream: SpdyStream) => {
    stream.on('error', () => {});
    stream.respond(200, {});
    onStream(stream);
  });
  connection.start(3.1);
  return connection;
}

/** exec and attach over SPDY: one stream each for error, stdin, stdout, stderr and resize, as far as wanted. */
export async function spdyStreams(
  socket: Duplex,
  wanted: { stdin: boolean; stdout: boolean; stderr: boolean; tty: boolean },
): Promise<RemoteStreams> {
  const kinds = ['error', ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => wanted[name])];
  if (wanted.tty) kinds.push('resize');
  const byType = await new Promise<Map<string, SpdyStream>>((resolve) => {
    const streams = new Map<string, SpdyStream>();
    openSpdy(socket, (stream) => {
      streams.set(stream.headers['streamtype'] ?? '', stream);
      if (kinds.every((kind) => streams.has(kind))) resolve(streams);
    });
  });
  const stdin = byType.get('stdin');
  return {
    onStdin: (listener) => {
      stdin?.on('data', listener).on('end', () => listener(undefined));
    },
    onResize: (listener) => {
      byType.get('resize')?.on('data', (data: Buffer) => {
        for (const line of data.toString().split('\n')) {
          const size = parseSize(Buffer.from(line));
          if (size) listener(size);
        }
      });
    },
    onGone: (listener) => socket.on('close', listener),
    write: (name, data) => {
      const stream = byType.get(name);
      return new Promise((resolve) => {
        if (!stream || stream.destroyed || socket.destroyed) resolve();
        else stream.write(data, () => resolve());
      });
    },
    holdStdin: (hold) => {
      if (hold) stdin?.pause();
      else stdin?.resume();
    },
    finish: (status) => {
      const rest = [...byType].filter(([name]) => name === 'stdout' || name === 'stderr');
      for (const [, stream] of rest) stream.end();
      byType.get('error')?.end(JSON.stringify(status), () => setTimeout(() => socket.end(), 200).unref());
    },
  };
}
