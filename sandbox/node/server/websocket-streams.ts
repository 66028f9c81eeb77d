import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { parseSize, type RemoteStreams } from './streams.ts';

/** Channels of the v4/v5.channel.k8s.io subprotocols: the first byte of each message. */
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 };
/** More than this unsent: the sender has to wait. */
const highWater = 1024 * 1024;

/**
 * Until kubectl 1.33 a client reads before it has made all its streams, and drops what comes for one that is not there yet
 * (kubernetes pull request 131203): first words, or the exit code. Real nodes take longer than this to start a command.
 */
const streamsMadeMs = 20;

/** exec and attach over a WebSocket; with v5 the client can end its input. */
export function websocketStreams(socket: WebSocket): RemoteStreams {
  let onStdin: (data: Buffer | undefined) => void = () => {};
  let onResize: (size: { columns: number; rows: number }) => void = () => {};
  const clientReady = delay(streamsMadeMs);
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
