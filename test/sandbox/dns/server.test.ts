import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import { expect } from 'chai';
import { type DecodedPacket, decode, encode, streamEncode } from 'dns-packet';
import { run } from '../../../lib/exec.ts';
import { resources } from '../../../lib/kube/resources.ts';
import { silentLog } from '../../../lib/log.ts';
import { waitFor } from '../../../lib/wait.ts';
import { type DnsServer, startDns } from '../../../sandbox/dns/server.ts';
import type { EndpointSlice, Service } from '../../../sandbox/dns/synthesis.ts';
import { startApi, type TestApi } from '../apiserver/start-api.ts';

describe('the DNS server of a cluster', function () {
  this.timeout(30_000);
  let api: TestApi;
  let server: DnsServer;
  let upstream: { socket: Socket; port: number };
  const stop = new AbortController();

  before(async () => {
    api = await startApi();
    upstream = await standInUpstream();
    server = await startDns({
      client: api.client,
      domain: 'cluster.local',
      address: '127.0.0.1',
      port: 0,
      upstream: `127.0.0.1:${upstream.port}`,
      healthPort: 0,
      readyPort: 0,
      log: silentLog,
      signal: stop.signal,
    });
    await server.synced;
  });
  after(async () => {
    stop.abort();
    await server.done;
    upstream.socket.close();
    await api.close();
  });

  const create = (name: string, spec: Service['spec']) =>
    api.client.create<Service>(resources.services, {
      metadata: { name, namespace: 'default' },
      spec,
    } as Service);
  const nslookup = async (...args: string[]) =>
    (
      await run('busybox', ['nslookup', ...args, `127.0.0.1:${server.port}`], {
        okCodes: [0, 1],
        timeoutMs: 8000,
      })
    ).stdout;
  const answers = (packet: DecodedPacket) =>
    (packet.answers ?? []).map((answer) => ('data' in answer ? answer.data : ''));

  it('knows the Service kubernetes, forwards and backwards, through busybox nslookup', async () => {
    expect(await nslookup('kubernetes.default.svc.cluster.local')).to.match(/Address: 172\.17\.0\.1\n/);
    expect(await nslookup('172.17.0.1')).to.include('name = kubernetes.default.svc.cluster.local');
    expect(await nslookup('-type=srv', '_https._tcp.kubernetes.default.svc.cluster.local')).to.match(
      /service = 0 100 443/,
    );
    expect(await nslookup('nope.default.svc.cluster.local')).to.include('NXDOMAIN');
  });

  it('answers for a new Service at once, and no more once it is deleted', async () => {
    await create('fresh', { clusterIP: '172.17.5.5', ports: [{ port: 80 }] });
    await waitFor(
      async () =>
        answers(await askUdp(server.port, 'fresh.default.svc.cluster.local')).includes('172.17.5.5'),
      {
        what: 'the new name',
        timeoutMs: 1000,
        intervalMs: 5,
      },
    );
    await api.client.delete(resources.services, { namespace: 'default', name: 'fresh' });
    await waitFor(
      async () => (await askUdp(server.port, 'fresh.default.svc.cluster.local')).answers?.length === 0,
      {
        what: 'the end of the name',
        timeoutMs: 1000,
        intervalMs: 5,
      },
    );
  });

  it('cuts a long answer over UDP and gives the whole of it over TCP', async () => {
    await create('wide', { clusterIP: 'None', ports: [{ port: 80 }] });
    await api.client.create<EndpointSlice>(resources.endpointSlices, {
      metadata: { name: 'wide-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'wide' } },
      addressType: 'IPv4',
      endpoints: Array.from({ length: 100 }, (_, i) => ({ addresses: [`172.16.9.${i + 1}`] })),
      ports: [],
    } as EndpointSlice);
    const short = await waitFor(
      async () => {
        const packet = await askUdp(server.port, 'wide.default.svc.cluster.local');
        return packet.flag_tc && packet;
      },
      { what: 'a cut answer', timeoutMs: 2000, intervalMs: 5 },
    );
    expect(short.answers?.length).to.be.within(20, 40);
    const [whole, again] = await askTcp(server.port, [
      'wide.default.svc.cluster.local',
      'kubernetes.default.svc.cluster.local',
    ]);
    expect(whole?.answers).to.have.length(100);
    expect(again && answers(again)).to.deep.equal(['172.17.0.1']);
  });

  it('passes other zones on, and follows an external name through', async () => {
    expect(answers(await askUdp(server.port, 'somewhere.example'))).to.deep.equal(['198.51.100.7']);
    await create('ext', { type: 'ExternalName', externalName: 'somewhere.example' });
    const followed = await waitFor(
      async () => {
        const found = answers(await askUdp(server.port, 'ext.default.svc.cluster.local'));
        return found.length > 0 && found;
      },
      { what: 'the external name', timeoutMs: 2000, intervalMs: 5 },
    );
    expect(followed).to.deep.equal(['somewhere.example', '198.51.100.7']);
  });

  it('says SERVFAIL soon when the other server is not there', async () => {
    const alone = new AbortController();
    const lonely = await startDns({
      client: api.client,
      domain: 'cluster.local',
      address: '127.0.0.1',
      port: 0,
      upstream: '127.0.0.1:9',
      log: silentLog,
      signal: alone.signal,
    });
    await lonely.synced;
    const started = performance.now();
    expect(await askUdp(lonely.port, 'somewhere.example')).to.include({ rcode: 'SERVFAIL' });
    expect(performance.now() - started).to.be.below(2500);
    alone.abort();
    await lonely.done;
  });

  it('says that it is well', async () => {
    const get = (port: number | undefined, path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    expect(await (await get(server.healthPort, '/health')).text()).to.equal('OK');
    expect(await (await get(server.readyPort, '/ready')).text()).to.equal('OK');
    expect((await get(server.healthPort, '/other')).status).to.equal(404);
  });

  it('refuses a port that is taken, and closes what it had opened', async () => {
    const failing = new AbortController();
    const options = {
      client: api.client,
      domain: 'x',
      address: '127.0.0.1',
      port: server.port,
      upstream: undefined,
    };
    const error = await startDns({ ...options, log: silentLog, signal: failing.signal }).catch(
      (thrown: unknown) => thrown,
    );
    failing.abort();
    expect(error).to.have.property('code', 'EADDRINUSE');
  });
});

/** A DNS server that knows one address for every name. */
async function standInUpstream(): Promise<{ socket: Socket; port: number }> {
  const socket = createSocket('udp4');
  socket.on('message', (message, client) => {
    const { id, questions = [] } = decode(message);
    const found = questions.map(({ name }) => ({ type: 'A' as const, name, ttl: 60, data: '198.51.100.7' }));
    socket.send(
      encode({ type: 'response', ...(id !== undefined && { id }), questions, answers: found }),
      client.port,
      client.address,
    );
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { socket, port: socket.address().port };
}

function askUdp(port: number, name: string): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => reject(new Error(`no answer for ${name}`)), 5000);
    socket.on('message', (message) => {
      clearTimeout(timer);
      socket.close();
      resolve(decode(message));
    });
    socket.send(
      encode({ type: 'query', id: 1, flags: 0x0100, questions: [{ type: 'A', name }] }),
      port,
      '127.0.0.1',
    );
  });
}

/** Asks several questions on one connection, the bytes in small pieces. */
function askTcp(port: number, names: readonly string[]): Promise<DecodedPacket[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const bytes = Buffer.concat(
      names.map((name, id) => streamEncode({ type: 'query', id, questions: [{ type: 'A', name }] })),
    );
    let received = Buffer.alloc(0);
    const packets: DecodedPacket[] = [];
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        packets.push(decode(received.subarray(2, 2 + received.readUInt16BE(0))));
        received = received.subarray(2 + received.readUInt16BE(0));
      }
      if (packets.length < names.length) return;
      socket.destroy();
      resolve(packets.sort((a, b) => (a.id ?? 0) - (b.id ?? 0)));
    });
    for (let at = 0; at < bytes.length; at += 7) socket.write(bytes.subarray(at, at + 7));
  });
}
