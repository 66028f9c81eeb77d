import { expect } from 'chai';
import { decode, encode } from 'dns-packet';
import fc from 'fast-check';
import { parseQuery } from '../../../sandbox/dns/query.ts';
import type { ZoneRecord } from '../../../sandbox/dns/record.ts';
import { encodeReply, type Reply } from '../../../sandbox/dns/reply.ts';
import { createResponder } from '../../../sandbox/dns/respond.ts';
import { testZone } from './build.ts';

const query = (name: string, type = 'A', more: Parameters<typeof encode>[0] = {}): Buffer =>
  encode({ type: 'query', id: 4711, flags: 0x0100, questions: [{ name, type: type as 'A' }], ...more });
const edns = (udpPayloadSize: number, ednsVersion = 0) => ({
  additionals: [
    {
      type: 'OPT' as const,
      name: '.',
      udpPayloadSize,
      ednsVersion,
      extendedRcode: 0,
      flags: 0,
      flag_do: false,
      options: [],
    },
  ],
});
const respond = createResponder({
  zone: testZone(),
  isReady: () => true,
  forwarder: undefined,
  turn: () => 0,
});

async function ask(bytes: Buffer, transport: 'udp' | 'tcp' = 'udp') {
  const answer = await respond(bytes, transport);
  if (!answer) return undefined;
  const packet = decode(answer) as ReturnType<typeof decode> & { rcode: string };
  return { ...packet, length: answer.length };
}

describe('queries off the wire', () => {
  it('are matched whatever their capitals, and get their question back byte by byte', async () => {
    const bytes = query('WeB.dEfault.SVC.cluster.LOCAL');
    const answer = await respond(bytes, 'udp');
    expect(answer?.subarray(12, bytes.length)).to.deep.equal(bytes.subarray(12));
    const packet = await ask(bytes);
    expect(packet).to.include({ id: 4711, flag_aa: true, flag_rd: true, flag_ra: false, flag_tc: false });
    expect(packet?.answers).to.deep.equal([
      {
        name: 'WeB.dEfault.SVC.cluster.LOCAL',
        type: 'A',
        class: 'IN',
        ttl: 5,
        flush: false,
        data: '172.17.0.9',
      },
    ]);
  });

  const header = (flags: number, questions: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16BE(99, 0);
    bytes.writeUInt16BE(flags, 2);
    bytes.writeUInt16BE(questions, 4);
    return bytes;
  };
  const name = 'web.default.svc.cluster.local';
  const two = {
    questions: [
      { name, type: 'A' as const },
      { name, type: 'AAAA' as const },
    ],
  };
  const refused: [string, Buffer, string][] = [
    ['no question', header(0, 0), 'FORMERR'],
    ['two questions (RFC 9619)', query(name, 'A', two), 'FORMERR'],
    ['a question that is cut off', query(name).subarray(0, 20), 'FORMERR'],
    [
      'a name that points at itself',
      Buffer.concat([header(0, 1), Buffer.from([0xc0, 12, 0, 1, 0, 1])]),
      'FORMERR',
    ],
    ['an update', header(5 << 11, 1), 'NOTIMP'],
    ['a zone transfer', query('cluster.local', 'AXFR'), 'REFUSED'],
    ['another class', encode({ type: 'query', questions: [{ name, type: 'TXT', class: 'CH' }] }), 'REFUSED'],
    ['another zone', query('example.org'), 'REFUSED'],
    ['the root', query('.', 'NS'), 'REFUSED'],
  ];
  for (const [title, bytes, rcode] of refused) {
    it(`${title}: ${rcode}`, async () => expect(await ask(bytes)).to.include({ rcode }));
  }

  it('without a whole header, and answers, are not answered at all', async () => {
    expect(await respond(Buffer.from([1, 2, 3]), 'udp')).to.equal(undefined);
    expect(await respond(encode({ type: 'response', questions: [{ name, type: 'A' }] }), 'udp')).to.equal(
      undefined,
    );
  });

  it('of an EDNS version that is not 0 get BADVERS', async () => {
    const packet = await ask(query(name, 'A', edns(1232, 1)));
    expect(packet?.additionals?.[0]).to.include({ type: 'OPT', extendedRcode: 1 });
  });

  it('get SERVFAIL until the records have been read', async () => {
    const early = createResponder({
      zone: testZone(),
      isReady: () => false,
      forwarder: undefined,
      turn: () => 0,
    });
    const answer = await early(query(name), 'udp');
    expect(answer && decode(answer)).to.include({ rcode: 'SERVFAIL' });
  });

  it('never make the server throw, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), fc.boolean(), async (noise, likeQuery) => {
        const bytes = likeQuery ? Buffer.concat([query(name).subarray(0, 12), noise]) : Buffer.from(noise);
        const answer = await respond(bytes, 'udp');
        if (answer) {
          expect(answer.readUInt16BE(0)).to.equal(bytes.readUInt16BE(0));
          expect(() => decode(answer)).not.to.throw();
        }
      }),
      { numRuns: 500 },
    );
  });

  it('with one bit changed never make it throw either', async () => {
    const good = query(name, 'A', edns(1232));
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length * 8 - 1), async (bit) => {
        const bytes = Buffer.from(good);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await respond(bytes, 'udp');
      }),
      { numRuns: 300 },
    );
  });
});

describe('answers on the wire', () => {
  const addresses = (count: number): ZoneRecord[] =>
    Array.from({ length: count }, (_, i) => ({
      type: 'A',
      name: 'big.default.svc.cluster.local',
      data: `10.0.${i >> 8}.${i & 255}`,
    }));
  const reply = (answers: ZoneRecord[], additionals: ZoneRecord[] = []): Reply => ({
    rcode: 'NOERROR',
    authoritative: true,
    answers,
    authorities: [],
    additionals,
  });
  const parsed = (bytes: Buffer) => {
    const result = parseQuery(bytes);
    if (result.kind !== 'query') throw new Error('not a query');
    return result.query;
  };
  const ask4 = parsed(query('big.default.svc.cluster.local'));

  it('keep within their limit, say so when they are cut, and lose nothing when they are not', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 512, max: 4096 }), (count, limit) => {
        const bytes = encodeReply(ask4, reply(addresses(count)), { limit, recursionAvailable: false });
        const packet = decode(bytes);
        expect(bytes.length).to.be.at.most(limit);
        expect(packet.flag_tc).to.equal(packet.answers?.length !== count);
        expect(packet.answers?.every((answer) => answer.name === 'big.default.svc.cluster.local')).to.equal(
          true,
        );
      }),
    );
  });

  it('are short: 28 addresses fit into 512 bytes, because the name is written once', () => {
    const packet = decode(encodeReply(ask4, reply(addresses(28)), { limit: 512, recursionAvailable: false }));
    expect([packet.answers?.length, packet.flag_tc]).to.deep.equal([28, false]);
  });

  it('leave additional records out without a word', () => {
    const bytes = encodeReply(ask4, reply(addresses(28), addresses(28)), {
      limit: 512,
      recursionAvailable: false,
    });
    expect(decode(bytes)).to.include({ flag_tc: false });
  });

  it('are as long as the client takes, but not longer than 1232 bytes over UDP', async () => {
    const zone = testZone();
    const found = addresses(200);
    const index = { find: () => found, exists: () => true };
    const big = createResponder({
      zone: { ...zone, index },
      isReady: () => true,
      forwarder: undefined,
      turn: () => 0,
    });
    const length = async (more: object, transport: 'udp' | 'tcp') =>
      (await big(query('big.default.svc.cluster.local', 'A', more), transport))?.length ?? 0;
    expect(await length({}, 'udp')).to.be.within(480, 512);
    expect(await length(edns(800), 'udp')).to.be.within(770, 800);
    expect(await length(edns(4096), 'udp')).to.be.within(1200, 1232);
    expect(await length(edns(100), 'udp')).to.be.within(480, 512);
    expect(await length({}, 'tcp')).to.be.above(3200);
  });

  it('turn their addresses round, so that clients take different ones', async () => {
    let turn = 0;
    const turning = createResponder({
      zone: testZone(),
      isReady: () => true,
      forwarder: undefined,
      turn: () => turn++,
    });
    const first = async () => {
      const answer = await turning(query('db.default.svc.cluster.local'), 'udp');
      const [record] = (answer && decode(answer).answers) ?? [];
      return record && 'data' in record ? record.data : undefined;
    };
    expect([await first(), await first(), await first()]).to.deep.equal([
      '172.16.1.5',
      '172.16.1.6',
      '172.16.1.5',
    ]);
  });
});
