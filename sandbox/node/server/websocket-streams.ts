import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { parseSize, type RemoteStreams } from './streams.ts';

/** Channels of the v4/v5.channel.k8s.io subprotocols: the first byte of each message. */
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 };
/** More than this unsent: the sender has to wait. */
const highWater = 1024 * 1024;

/**
 * How long a client may take to make its streams, in milliseconds. Until 1.33 Kubernetes' own reads before it has made them all,
 * and drops what comes for one that is not there yet (kubernetes pull request 131203): first words, or the exit code. Real nodes
 * take longer than this to start a command; on a busy computer its threads wait for some time.
 */
export function streamsMadeMs(userAgent = ''): number {
  const [, minor] = /^kubectl\S*\/v1\.(\d+)/.exec(userAgent) ?? [];
  const isGo = / kubernetes\//.test(userAgent);
  return isGo && Number(minor ?? 0) < 34 ? 100 : 0;
}

/** exec and attach over a WebSocket; with v5 the client can end its input. Nothing is sent in the first `quietMs`. */
export function websocketStreams(socket: WebSocket, quietMs: number): RemoteStreams {
  let onStdin: (data: Buffer | undefined) => void = () => {};
  let onResize: (size: { columns: number; rows: number }) => void = () => {};
  const clientReady = quietMs > 0 ? delay(quietMs) : Promise.resolve();
  socket.on('error', () => {});
  socket.on('message', (message: Buffer) => {
    const [channel] = message;
    const data = message.subarray(1);
    if (channel === channels.stdin && data.length > 0) onStdin(data);
    if (channel === channels.close && data[0] === channels.stdin) onStdin(undefined);
    const size = channel === channels.resize ? parseSize(data) : undefined;
    if (size) onResize(size);
  });

  const send = (channel: number, data: Buffer, done?: () => void) => {
    socket.send(Buffer.concat([Buffer.from([channel]), data]), { binary: true }, () => done?.());
  };
  return {
    onStdin: (listener) => {
      onStdin = listener;
    },
    onResize: (listener) => {
      onResize = listener;
    },
    onGone: (listener) => socket.on('close', listener),
    write: async (stream, data) => {
      await clientReady;
      if (socket.readyState !== socket.OPEN) return;
      const wait = socket.bufferedAmount > highWater;
      await new Promise<void>((resolve) => {
        send(channels[stream], data, wait ? resolve : undefined);
        if (!wait) resolve();
      });
    },
    holdStdin: (hold) => {
      if (hold) socket.pause();
      else socket.resume();
    },
    finish: (status) => {
      void clientReady.then(() => {
        send(channels.error, Buffer.from(JSON.stringify(status)));
        socket.close(1000);
      });
    },
  };
}
