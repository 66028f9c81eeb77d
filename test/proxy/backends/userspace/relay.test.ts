import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { waitFor } from '../../../../lib/wait.ts';
import { createBalancer, type Target } from '../../../../proxy/backends/userspace/balancer.ts';
import { createBudget } from '../../../../proxy/backends/userspace/budget.ts';
import { candidates, type Listener, listenInRange } from '../../../../proxy/backends/userspace/listener.ts';
import { relayTcp } from '../../../../proxy/backends/userspace/relay-tcp.ts';
import { relayUdp } from '../../../../proxy/backends/userspace/relay-udp.ts';

const host = '127.0.0.1';

describe('sockets of the userspace mode', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  async function tcp(targets: readonly Target[], most = 1000, affinity?: number): Promise<Listener> {
    const balancer = createBalancer();
    balancer.update(targets, affinity);
    const listener = await relayTcp({ host, port: 0 }, balancer, createBudget(most));
    closers.push(() => listener.destroy());
    return listener;
  }

  async function backend(serve: (socket: Socket) => void): Promise<Target & { server: Server }> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      closers.push(() => socket.destroy());
      serve(socket);
    });
    server.listen(0, host);
    await once(server, 'listening');
    closers.push(() => server.close());
    return { address: host, port: (server.address() as { port: number }).port, server };
  }

  const named = (name: string) => backend((socket) => socket.end(name));

  /** A port where nobody listens. */
  async function dead(): Promise<Target> {
    const { server, ...target } = await named('');
    await new Promise((resolve) => server.close(resolve));
    return target;
  }

  /** All that comes until the end, or the error's code. */
  function ask(port: number, send?: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect({ host, port });
      let text = '';
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('end', () => resolve(text));
      socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'failed'));
      if (send !== undefined) socket.end(send);
    });
  }

  it('joins each connection with the next endpoint', async () => {
    const { port } = await tcp([await named('a'), await named('b')]);
    expect([await ask(port), await ask(port), await ask(port)]).to.eql(['a', 'b', 'a']);
  });

  it('tries another endpoint within the same connection when one is dead: none of 200 requests fails (P-02)', async () => {
    const { port } = await tcp([await named('a'), await dead(), await named('b')]);
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(port)));
    expect(new Set(answers)).to.eql(new Set(['a', 'b']));
  });

  it('resets the client when every endpoint is dead, and when there is none', async () => {
    expect(await ask((await tcp([await dead(), await dead()])).port)).to.equal('ECONNRESET');
    expect(await ask((await tcp([])).port)).to.equal('ECONNRESET');
  });

  it('leaves an affine endpoint that is dead, and stays with the next one', async () => {
    const { port } = await tcp([await dead(), await named('a'), await named('b')], 1000, 60);
    expect(await Promise.all([1, 2, 3, 4].map(() => ask(port)))).to.eql(['a', 'a', 'a', 'a']);
  });

  it('passes the end of one direction on, and lets the other go on (half-close)', async () => {
    const { port } = await tcp([
      await backend((socket) => {
        let text = '';
        socket.on('data', (data) => {
          text += data;
        });
        socket.on('end', () => socket.end(`got ${text}`));
      }),
    ]);
    expect(await ask(port, 'all of it')).to.equal('got all of it');
  });

  it('passes a reset on', async () => {
    const { port } = await tcp([await backend((socket) => socket.resetAndDestroy())]);
    expect(await ask(port)).to.equal('ECONNRESET');
  });

  it('closes the side of the endpoint when the client goes without a word', async () => {
    let ended = 0;
    const { port } = await tcp([
      await backend((socket) => {
        socket.write('hello');
        socket.on('close', () => ended++);
      }),
    ]);
    const client = connect({ host, port });
    await once(client, 'data');
    client.resetAndDestroy();
    await waitFor(() => ended === 1, { what: 'the other side to close', timeoutMs: 3000 });
  });

  it('carries more than any buffer holds, with a reader that pauses', async () => {
    const size = 24 * 1024 * 1024;
    const { port } = await tcp([await backend((socket) => socket.end(Buffer.alloc(size)))]);
    const client = connect({ host, port });
    await once(client, 'connect');
    let seen = 0;
    for await (const chunk of client) seen += (chunk as Buffer).length;
    expect(seen).to.equal(size);
  });

  it('lets running connections go on when it closes, and takes no new ones', async () => {
    const listener = await tcp([
      await backend((socket) => {
        socket.write('hello');
        socket.pipe(socket);
      }),
    ]);
    const client = connect({ host, port: listener.port });
    await once(client, 'data');
    listener.close();
    expect(await ask(listener.port)).to.equal('ECONNREFUSED');
    client.write('still there');
    const [data] = (await once(client, 'data')) as [Buffer];
    expect(data.toString()).to.equal('still there');
    client.destroy();
  });

  it('turns clients away beyond its limit, and takes them again later', async () => {
    const greeting = await backend((socket) => {
      socket.write('hello');
      socket.resume().on('end', () => socket.end());
    });
    const { port } = await tcp([greeting], 4);
    const clients = [connect({ host, port }), connect({ host, port })];
    await Promise.all(clients.map((client) => once(client, 'data')));
    expect(await ask(port)).to.equal('ECONNRESET');
    for (const client of clients) client.destroy();
    await waitFor(async () => (await first(port)) === 'hello', { what: 'a free place', timeoutMs: 3000 });
  });

  function first(port: number): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect({ host, port });
      socket.on('error', () => resolve(''));
      socket.once('data', (data) => {
        socket.destroy();
        resolve(String(data));
      });
    });
  }

  it('takes proxy ports from a range, and says so when all of them are taken', async () => {
    expect(candidates({ from: 5, to: 8 }, () => 0.5)).to.eql([7, 8, 5, 6]);
    const taken = await named('x');
    const range = { from: taken.port, to: taken.port };
    const open = (at: { host: string; port: number }) => relayTcp(at, createBalancer(), createBudget(9));
    const error = await listenInRange(host, range, open).catch((thrown: Error) => thrown.message);
    expect(error).to.equal(`could not open a proxy port: ${range.from}-${range.to} are all taken`);
  });

  describe('UDP', () => {
    async function udp(targets: readonly Target[], timeoutMs = 5000) {
      const balancer = createBalancer();
      balancer.update(targets, undefined);
      const listener = await relayUdp({ host, port: 0 }, balancer, { budget: createBudget(99), timeoutMs });
      closers.push(() => listener.destroy());
      return listener;
    }

    async function echo(name: string): Promise<Target & { stop: () => Promise<void>; clients: Set<number> }> {
      const socket = createSocket('udp4');
      const clients = new Set<number>();
      socket.on('message', (data, peer) => {
        clients.add(peer.port);
        socket.send(`${name} ${data}`, peer.port, peer.address);
      });
      socket.bind(0, host);
      await once(socket, 'listening');
      let open = true;
      const stop = () =>
        new Promise<void>((resolve) => {
          if (!open) return resolve();
          open = false;
          socket.close(() => resolve());
        });
      closers.push(() => void stop());
      return { address: host, port: socket.address().port, stop, clients };
    }

    function client(port: number) {
      const socket = createSocket('udp4');
      closers.push(() => socket.close());
      return async (text: string) => {
        socket.send(text, port, host);
        const [data] = (await once(socket, 'message')) as [Buffer];
        return data.toString();
      };
    }

    it('keeps a client with its endpoint, and gives the next client the next one', async () => {
      const { port } = await udp([await echo('a'), await echo('b')]);
      const [one, two] = [client(port), client(port)];
      expect([await one('1'), await two('2'), await one('3'), await two('4')]).to.eql([
        'a 1',
        'b 2',
        'a 3',
        'b 4',
      ]);
    });

    it('gives a datagram to the next endpoint where nobody listens at the first', async () => {
      const gone = await echo('gone');
      await gone.stop();
      const { port } = await udp([gone, await echo('b')]);
      expect(await client(port)('1')).to.equal('b 1');
    });

    it('forgets a client that is silent for the timeout', async () => {
      const a = await echo('a');
      const { port } = await udp([a], 40);
      const say = client(port);
      await say('1');
      await waitFor(
        async () => {
          await say('again');
          return a.clients.size > 1;
        },
        { what: 'another socket to the endpoint', timeoutMs: 3000, intervalMs: 60 },
      );
    });

    it('takes clients away from an endpoint that no longer serves', async () => {
      const [a, b] = [await echo('a'), await echo('b')];
      const listener = await udp([a, b]);
      const say = client(listener.port);
      expect(await say('1')).to.equal('a 1');
      listener.serving(new Set([`${b.address}:${b.port}`]));
      expect(await say('2')).to.equal('b 2');
    });
  });
});
