import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { WebSocket, WebSocketServer } from 'ws';
import { streamsMadeMs, websocketStreams } from '../../../sandbox/node/server/websocket-streams.ts';

describe('first words over a WebSocket', () => {
  const clients: [userAgent: string | undefined, ms: number][] = [
    ['kubectl/v1.32.4 (linux/amd64) kubernetes/4cb5f07', 100],
    ['kubectl.exe/v1.30.0 (windows/amd64) kubernetes/7c48c2b', 100],
    ['k9s/v0.50.9 (linux/amd64) kubernetes/$Format', 100],
    ['kubectl/v1.34.0 (darwin/arm64) kubernetes/f28b4c9', 0],
    ['OpenAPI-Generator/33.1.0/python', 0],
    [undefined, 0],
  ];
  for (const [userAgent, ms] of clients) {
    it(`${ms === 0 ? 'go at once' : 'wait'} for ${userAgent ?? 'a client without a name'}`, () => {
      expect(streamsMadeMs(userAgent)).to.equal(ms);
    });
  }

  for (const [quietMs, order] of [
    [0, ['words', 'later']],
    [50, ['later', 'words']],
  ] as const) {
    it(`come ${quietMs === 0 ? 'before' : 'after'} what is sent next, with ${quietMs} ms of quiet`, async () => {
      const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
      await once(server, 'listening');
      const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const seen: string[] = [];
      client.on('message', (data: Buffer) => seen.push(data.subarray(1).toString()));
      const [socket] = (await once(server, 'connection')) as [WebSocket];
      const streams = websocketStreams(socket, quietMs);
      const written = streams.write('stdout', Buffer.from('words'));
      await turn();
      socket.send(Buffer.from('\x01later'));
      await written;
      streams.finish({ metadata: {}, status: 'Success' });
      await once(client, 'close');
      server.close();
      expect(seen.slice(0, 2)).to.deep.equal(order);
    });
  }
});
