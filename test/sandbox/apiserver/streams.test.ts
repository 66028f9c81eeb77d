import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { run } from '../../../lib/exec.ts';
import { tlsOptions } from '../../../lib/kube/transport.ts';
import { issue } from '../../../sandbox/pki/authority.ts';
import { ask } from './ask.ts';
import { startApi, type TestApi } from './start-api.ts';

const pods = '/api/v1/namespaces/default/pods';

/** A node agent that speaks a little: logs that grow, and streams that echo what comes behind their greeting. */
async function startNode(
  api: TestApi,
): Promise<{ server: Server; port: number; asked: string[]; peers: string[] }> {
  const asked: string[] = [];
  const peers: string[] = [];
  const pair = await issue(api.authority, { commonName: 'n1', names: ['127.0.0.1'] });
  const server = createServer(
    { ...pair, ca: api.authority.cert, requestCert: true },
    (incoming, response) => {
      asked.push(`${incoming.method} ${incoming.url}`);
      peers.push(peerOf(incoming));
      if (incoming.url?.includes('previous')) {
        response.writeHead(400).end('previous terminated container "c" in pod "p" not found');
        return;
      }
      response.write('first line\n');
      if (incoming.url?.includes('follow')) {
        const timer = setInterval(() => response.write('more\n'), 20);
        response.on('close', () => clearInterval(timer));
      } else response.end('last line\n');
    },
  );
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
    asked.push(`${incoming.method} ${incoming.url} ${incoming.headers.upgrade}`);
    socket.on('error', () => {});
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${incoming.headers.upgrade}\r\n\r\nhello `,
    );
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0, asked, peers };
}

function peerOf({ socket }: IncomingMessage): string {
  return socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject.CN) : '';
}

describe('the streams of a pod', () => {
  let api: TestApi;
  let node: Awaited<ReturnType<typeof startNode>>;
  const send = (method: string, path: string, body: unknown) => {
    return ask(api.client.credentials, method, path, { body: JSON.stringify(body) });
  };
  before(async () => {
    api = await startApi();
    node = await startNode(api);
    const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }];
    const daemonEndpoints = { kubeletEndpoint: { Port: node.port } };
    await send('POST', '/api/v1/nodes', { metadata: { name: 'n1' }, status: { addresses, daemonEndpoints } });
    for (const [name, names] of [
      ['p', ['c']],
      ['two', ['a', 'b']],
      ['waiting', ['c']],
    ] as const) {
      const containers = names.map((container) => ({ name: container, image: 'i' }));
      await send('POST', pods, { metadata: { name }, spec: { containers } });
      if (name !== 'waiting') await send('POST', `${pods}/${name}/binding`, { target: { name: 'n1' } });
    }
  });
  after(async () => {
    node.server.closeAllConnections();
    node.server.close();
    await api.close();
  });

  it('are fetched from the pod’s node with the API server’s own certificate', async () => {
    const reply = await ask(api.client.credentials, 'GET', `${pods}/p/log?tailLines=5&timestamps=true`);
    expect(reply.text).to.equal('first line\nlast line\n');
    expect(reply.headers['content-type']).to.equal('text/plain');
    expect(node.asked.at(-1)).to.equal('GET /containerLogs/default/p/c?timestamps=true&tailLines=5');
    expect(node.peers.at(-1)).to.equal('kube-apiserver-kubelet-client');
  });

  it('come as they are written, and end at the node when the client goes', async () => {
    const outgoing = request(new URL(`${pods}/p/log?follow=true`, api.url), {
      agent: false,
      ...tlsOptions(api.client.credentials),
    });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    let text = '';
    response.setEncoding('utf8');
    for await (const chunk of response) {
      text += chunk as string;
      if (text.includes('more\nmore\n')) break;
    }
    expect(text).to.match(/^first line\nmore\nmore\n/);
    outgoing.destroy();
  });

  for (const [path, code, message] of [
    [`${pods}/two/log`, 400, 'a container name must be specified for pod two, choose one of: [a b]'],
    [`${pods}/p/log?container=zz`, 400, 'container zz is not valid for pod p'],
    [`${pods}/none/log`, 404, 'pods "none" not found'],
    [`${pods}/p/log?previous=true`, 400, 'previous terminated container "c" in pod "p" not found'],
    [`${pods}/waiting/exec?command=ls&container=c`, 400, 'pod waiting does not have a host assigned'],
    [`${pods}/p/exec?command=ls`, 400, 'Upgrade request required'],
  ] as const) {
    it(`are refused with ${code}: ${message}`, async () => {
      expect((await ask(api.client.credentials, 'GET', path)).json).to.include({ code, message });
    });
  }

  it('of a pod without a node are empty', async () => {
    expect((await ask(api.client.credentials, 'GET', `${pods}/waiting/log`)).code).to.equal(204);
  });

  for (const [subresource, query, expected] of [
    [
      'exec',
      'command=sh&command=-c&stdin=true&stdout=true&tty=true',
      '/exec/default/p/c?input=1&output=1&tty=1&command=sh&command=-c',
    ],
    ['attach', 'stdout=true&stderr=true', '/attach/default/p/c?output=1&error=1'],
    ['portforward', 'ports=80', '/portForward/default/p?ports=80'],
  ] as const) {
    it(`by ${subresource} pass both ways untouched, whatever the protocol`, async () => {
      const outgoing = request(new URL(`${pods}/p/${subresource}?${query}`, api.url), {
        agent: false,
        method: 'POST',
        ...tlsOptions(api.client.credentials),
        headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1' },
      });
      outgoing.end();
      const [response, socket, head] = (await once(outgoing, 'upgrade')) as [IncomingMessage, Duplex, Buffer];
      expect(response.headers.upgrade).to.equal('SPDY/3.1');
      const bytes = Buffer.from([0, 255, 13, 10, 128]);
      socket.write(bytes);
      let seen = head;
      while (seen.length < 6 + bytes.length) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        seen = Buffer.concat([seen, chunk]);
      }
      expect(seen).to.deep.equal(Buffer.concat([Buffer.from('hello '), bytes]));
      expect(node.asked.at(-1)).to.equal(`POST ${expected} SPDY/3.1`);
      socket.destroy();
    });
  }

  it('cannot be had without the right to', async () => {
    const { credentials } = await api.clientFor('system:kube-proxy');
    const outgoing = request(new URL(`${pods}/p/exec?command=sh`, api.url), {
      agent: false,
      ...tlsOptions(credentials),
      headers: { connection: 'Upgrade', upgrade: 'websocket' },
    });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(response.statusCode).to.equal(403);
    response.resume();
  });

  it('are what kubectl logs prints', async () => {
    const { stdout } = await run('kubectl', ['--kubeconfig', api.kubeconfig, 'logs', 'p'], {
      timeoutMs: 20_000,
    });
    expect(stdout).to.equal('first line\nlast line\n');
  });

  it('whose node cannot be reached end with 500', async () => {
    const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }];
    const daemonEndpoints = { kubeletEndpoint: { Port: 1 } };
    await send('POST', '/api/v1/nodes', {
      metadata: { name: 'away' },
      status: { addresses, daemonEndpoints },
    });
    await send('POST', pods, {
      metadata: { name: 'lost' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    });
    await send('POST', `${pods}/lost/binding`, { target: { name: 'away' } });
    const reply = await ask(api.client.credentials, 'GET', `${pods}/lost/log`);
    expect(reply.json.code).to.equal(500);
    expect(reply.json.message).to.equal('error dialing backend: connect ECONNREFUSED 127.0.0.1:1');
  });
});
